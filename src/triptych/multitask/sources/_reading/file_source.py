"""The abstract source of a user's own files: a path in, cutouts of all parts out."""

from abc import abstractmethod
from functools import cached_property
from pathlib import Path
from typing import ClassVar

import torch

from ....frame.errors import AssetNotFoundError, ConfigError, DataError
from ....frame.rng import permutation
from ....frame.storage.assets import data_folders
from ...data.source import Cutouts, Source, SourceSplit
from .classes import class_numbers, read_class_names
from .ink import Ink, split_ink
from .labelled_images import ImageSet
from .notices import notify
from .pixels import grey_images, light_ink

TEST_SEED = 7  # of the part held out, whatever the seed of a run
TEST_EVERY = 7  # one image in seven is held out, the share of MNIST's 10,000 in 70,000


class FileSource(Source):
    """Images of one size in files of the user's, read as light ink on dark."""

    subjects: ClassVar[tuple[str, ...]] = ("digits",)

    data_folder: ClassVar[str] = ""
    """Its folder within TRIPTYCH_DATA, where none is named; empty where one must be."""

    homepage: ClassVar[str] = ""
    """Where its publisher offers it."""

    def __init__(self, argument: str = ""):
        """
        Parameters:
            argument: the path of its files, which `,ink=dark` or `,ink=light` may follow: what
                their ink is; else the images tell.

        Raises ConfigError where a path is missing that is needed, or for another ink.
        """
        super().__init__(argument)
        where, ink = split_ink(argument)
        self.ink: Ink | None = ink
        if not where and not self.data_folder:
            raise ConfigError(f"Expected the path of files, got none. Write {self.usage}.")
        self._at_home = not where
        self.path = Path(where) if where else self._in_data_folders()

    @property
    def folder(self) -> Path:
        """The folder it is in."""
        return self.path if self.path.is_dir() else self.path.parent

    @abstractmethod
    def read(self) -> ImageSet:
        """Read all parts. Raises DataError for files that are missing or damaged."""

    def cutouts(self, subject: str, split: SourceSplit) -> Cutouts:
        """The images of a split; whatever the subject, they are the files'."""
        return self._cutouts[split]

    def has_validation(self) -> bool:
        """Whether the files have a part of their own for validation."""
        return "validation" in self._cutouts

    def is_available(self) -> bool:
        """Whether its files lie at its path."""
        return self.path.exists() or self.recognizes(self.path) > 0

    @cached_property
    def _cutouts(self) -> dict[str, Cutouts]:
        """All splits, though one is asked for: better to report an error before training."""
        home = self.path if self.path.name == self.data_folder else self.path.parent
        if self._at_home and not home.is_dir():
            raise AssetNotFoundError(
                f"There is no folder {self.data_folder} in TRIPTYCH_DATA. Get the files from"
                f" {self.homepage} and name their folder: --source {self.usage}."
            )
        return to_cutouts(self.read(), self.ink)

    def _in_data_folders(self) -> Path:
        places = [folder / self.data_folder for folder in data_folders()]
        return next((place for place in places if place.is_dir()), places[-1])


def to_cutouts(image_set: ImageSet, ink: Ink | None = None) -> dict[str, Cutouts]:
    """Cutouts of all parts: grey, light ink on dark, classes from 0, and always a test part.

    Where a set has no test part, one image in seven is held out of training, always the same ones.

    Parameters:
        image_set: as its files hold it; `classes.txt` beside them names its classes.
        ink: what its ink is; None where the images are to tell.

    Raises DataError for images or labels that cannot be read so.
    """
    folder, parts = image_set.origin, image_set.parts
    images = grey_images({split: part.images for split, part in parts.items()}, image_set.origin)
    labels, names = class_numbers(image_set)
    images = light_ink(images, ink, folder)
    cutouts = {
        split: Cutouts(torch.from_numpy(images[split])[:, None], torch.from_numpy(numbers), names)
        for split, numbers in labels.items()
    }
    return cutouts if "test" in cutouts else {**cutouts, **_held_out(cutouts["train"], folder)}


def with_own_names(image_set: ImageSet, folder: Path) -> ImageSet:
    """A set with the classes of the folder's `classes.txt`, where there is one.

    Parameters:
        image_set: the set; its own names stay where there is no such file.
        folder: where the file may be.
    """
    names = read_class_names(folder)
    if names is None:
        return image_set
    return ImageSet(image_set.parts, image_set.origin, names, image_set.first_label)


def _held_out(whole: Cutouts, origin: Path) -> dict[str, Cutouts]:
    if len(whole) < 2:
        raise DataError(f"Expected at least two images, got {len(whole)} in {origin}. Add some.")
    order = permutation(len(whole), [TEST_SEED])
    count = max(1, len(whole) // TEST_EVERY)
    notify(f"{origin} has no test part: {count} of its {len(whole)} images are held out as one.")
    test, train = order[:count].sort().values, order[count:].sort().values
    return {"train": whole.subset(train), "test": whole.subset(test)}
