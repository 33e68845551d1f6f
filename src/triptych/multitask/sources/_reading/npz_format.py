"""Arrays of a .npz file, read within bounds and never unpickled; and which is which."""

import math
import re
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from tokenize import TokenError
from typing import Literal

import numpy as np
from jaxtyping import Shaped
from numpy.lib import format as npy

from ....frame.errors import DataError
from .labelled_images import LabelledImages
from .set_files import Pair

MAX_BYTES = 2**31  # of all arrays of a file
MAX_RATIO = 1032  # bytes that one byte of deflate can become at most
MOST_ARRAYS = 1000
IMAGES = {"x", "image", "images", "imgs", "data", "pixels"}
LABELS = {"y", "label", "labels", "target", "targets"}
SPLITS: dict[str, str] = {
    "train": "train",
    "test": "test",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
}
HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}

Array = Shaped[np.ndarray, "..."]
Role = tuple[str, Literal["images", "labels"]]


def read_npz_parts(path: Path) -> dict[str, LabelledImages]:
    """The parts of a set in one file: `x_train`, `y_train` as Keras names them, `train_images`,
    `train_labels` as MedMNIST does, or their like.

    Parameters:
        path: the file.

    Raises DataError where it is damaged, has other arrays, or images without labels.
    """
    names = array_names(path)
    roles = {role: name for name in names if (role := role_of(name)) is not None}
    splits = dict.fromkeys(split for split, _ in roles)
    if "train" not in splits or any(
        (split, content) not in roles for split in splits for content in ("images", "labels")
    ):
        raise DataError(
            f"Expected arrays x_train, y_train, x_test, y_test (or train_images, train_labels …) in"
            f" {path}, got {', '.join(names[:12]) or 'none'}. Rename them."
        )
    arrays = read_arrays(path, list(roles.values()))
    return {
        split: LabelledImages(arrays[roles[split, "images"]], arrays[roles[split, "labels"]])
        for split in splits
    }


def read_npz_pairs(pairs: Mapping[str, Pair]) -> dict[str, LabelledImages]:
    """The parts of a set with a file for each array, as Kuzushiji-49 has.

    Parameters:
        pairs: the file of images and that of labels of each split.

    Raises DataError where one is damaged or holds more than one array.
    """
    return {split: LabelledImages(*map(_only_array, files)) for split, files in pairs.items()}


def role_of(name: str) -> Role | None:
    """Which part and content the name of an array tells; None for any other.

    >>> role_of("x_train"), role_of("val_labels"), role_of("images"), role_of("mean")
    (('train', 'images'), ('validation', 'labels'), ('train', 'images'), None)
    """
    words = set(re.split(r"[^a-z0-9]+", name.lower()))
    split = next((SPLITS[word] for word in SPLITS if word in words), "train")
    if words & IMAGES:
        return split, "images"
    return (split, "labels") if words & LABELS else None


def array_names(path: Path) -> list[str]:
    """The names of the arrays in a file.

    Parameters:
        path: the file.

    Raises DataError where it is no .npz file.
    """
    with _Archive(path) as archive:
        return [info.filename.removesuffix(".npy") for info in archive.infolist()]


def read_arrays(path: Path, names: list[str]) -> dict[str, Array]:
    """Arrays of a file by name.

    Parameters:
        path: the file.
        names: of the arrays that are read.

    Raises DataError for what is damaged, holds Python objects, or would take too much memory.
    """
    with _Archive(path) as archive:
        infos = [archive.getinfo(name + ".npy") for name in names]
        total = sum(info.file_size for info in infos)
        if total > min(MAX_BYTES, path.stat().st_size * MAX_RATIO):
            raise DataError(f"Expected at most {MAX_BYTES} bytes of arrays, got {total} in {path}.")
        return {name: _array(archive, info, path) for name, info in zip(names, infos)}


class _Archive:
    """An open zip file whose faults are told as DataError."""

    def __init__(self, path: Path):
        self.path = path

    def __enter__(self) -> zipfile.ZipFile:
        try:
            self.archive = zipfile.ZipFile(self.path)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise DataError(
                f"Expected a .npz file, got {self.path}: {error}. Fetch it again."
            ) from error
        entries = self.archive.infolist()
        if len(entries) > MOST_ARRAYS or any(not e.filename.endswith(".npy") for e in entries):
            self.archive.close()
            raise DataError(f"Expected a .npz file of arrays, got another zip file: {self.path}.")
        return self.archive

    def __exit__(self, kind: type | None, error: BaseException | None, trace: object) -> None:
        self.archive.close()
        faults = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError)
        if isinstance(error, (*faults, NotImplementedError)):
            raise DataError(f"{self.path} is damaged: {error}. Fetch it again.") from error


def _array(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path) -> Array:
    """An array whose header promises no more than the file holds."""
    shape, dtype = _header(archive, info)
    name = info.filename.removesuffix(".npy")
    if dtype.hasobject:
        raise DataError(
            f"Expected an array of numbers, got Python objects as '{name}' in {path}. They are"
            " never loaded, for they can run any program. Save it as numbers."
        )
    if math.prod(shape) * max(dtype.itemsize, 1) > info.file_size:
        raise DataError(f"{path} is damaged: '{name}' promises more than it holds. Fetch it again.")
    with archive.open(info) as file:
        return npy.read_array(file, allow_pickle=False)


def _header(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> tuple[tuple[int, ...], np.dtype]:
    """What an array's header promises. Raises ValueError for a damaged one, which NumPy meets with
    any error."""
    with archive.open(info) as file:
        read_header = HEADERS.get(npy.read_magic(file), npy.read_array_header_2_0)
        try:
            shape, _, dtype = read_header(file)
        except (SyntaxError, TokenError, LookupError, TypeError, ArithmeticError) as error:
            raise ValueError(f"the header of {info.filename} cannot be read") from error
    return shape, dtype


def _only_array(path: Path) -> Array:
    names = array_names(path)
    if len(names) != 1:
        raise DataError(f"Expected one array in {path}, got {', '.join(names[:12]) or 'none'}.")
    return read_arrays(path, names)[names[0]]
