"""Any folder of IDX files in MNIST's layout: Fashion-MNIST, KMNIST, USPS, or your own."""

from functools import cached_property
from pathlib import Path
from typing import ClassVar

import numpy as np
import torch

from ...frame.errors import ConfigError, DataError
from ..data.source import Cutouts, Source, SourceSplit
from . import _idx_format

MOST_CLASSES = 256  # a label is one byte


class IDXFolder(Source):
    """Grey images of one size, bright on black, of 2 to 256 classes."""

    subjects: ClassVar[tuple[str, ...]] = ("digits",)

    def __init__(self, argument: str = ""):
        """
        Parameters:
            argument: a folder with `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, the two
                of `t10k` (or `test`), compressed by gzip or not, and, optionally, `classes.txt`
                with a class name a line.

        Raises ConfigError where it is missing.
        """
        if not argument:
            raise ConfigError("Expected a folder of IDX files, got none. Write idx:FOLDER.")
        self.folder = Path(argument)

    def cutouts(self, subject: str, split: SourceSplit) -> Cutouts:
        """The images of a split; whatever the subject, they are the folder's."""
        images, labels = self._splits[split]
        pixels = torch.from_numpy(images)[:, None]
        return Cutouts(pixels, torch.from_numpy(labels).long(), self._class_names)

    @cached_property
    def _splits(self) -> dict[SourceSplit, tuple[_idx_format.Images, _idx_format.Labels]]:
        """Both splits, though one is asked for: better to report an error before training."""
        train, test = self._read("train"), self._read("test")
        if train[0].shape[1:] != test[0].shape[1:]:
            raise DataError(
                f"Expected test images of {_size(train[0])} pixels as in training, got"
                f" {_size(test[0])} in {self.folder}. Take both from the same set."
            )
        return {"train": train, "test": test}

    def _read(self, split: SourceSplit) -> tuple[_idx_format.Images, _idx_format.Labels]:
        images = _idx_format.find_idx_file(self.folder, split, "images")
        return _idx_format.read_images_and_labels(
            images, _idx_format.find_idx_file(self.folder, split, "labels")
        )

    @cached_property
    def _class_names(self) -> tuple[str, ...]:
        """The classes: those of classes.txt, else the numbers of the training labels."""
        file = self.folder / "classes.txt"
        present = np.unique(self._splits["train"][1])
        names = _lines(file) if file.exists() else tuple(map(str, range(len(present))))
        if not 2 <= len(names) <= MOST_CLASSES:
            raise DataError(
                f"Expected 2 to {MOST_CLASSES} classes, got {len(names)} in {self.folder}."
                " Check its labels, or its classes.txt."
            )
        for split in self._splits:
            highest = int(self._splits[split][1].max())
            if highest >= len(names):
                raise DataError(
                    f"Expected labels 0 to {len(names) - 1}, one for each class, got {highest} in"
                    f" the {split} labels of {self.folder}. Name all classes in classes.txt there."
                )
        return names


def _lines(file: Path) -> tuple[str, ...]:
    try:
        lines = [line.strip() for line in file.read_text(encoding="utf-8-sig").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"Expected a class name a line in UTF-8 in {file}, got {error}.") from error
    names = tuple(line for line in lines if line)
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise DataError(f"Expected each class once in {file}, got '{twice}' again. Rename one.")
    return names


def _size(images: _idx_format.Images) -> str:
    return "×".join(map(str, images.shape[1:]))
