"""A .npz file of NumPy arrays: Keras' mnist.npz, one of MedMNIST, or your own."""

from pathlib import Path
from typing import ClassVar

from ...frame.errors import DataError
from ._reading.file_source import FileSource, with_own_names
from ._reading.labelled_images import ImageSet
from ._reading.npz_format import read_npz_pairs, read_npz_parts
from ._reading.set_files import NPZ_ENDING, entries, find_sets, holder, one_set


class NPZ(FileSource):
    """Images and labels as arrays of one .npz file (x_train, y_train, x_test, y_test; or
    train_images, train_labels and so on), or a file for each (train-imgs.npz, train-labels.npz)."""

    usage: ClassVar[str] = "npz:FILE"

    @classmethod
    def recognizes(cls, path: Path) -> int:
        """1 where the path is a .npz file, or a folder with one.

        Parameters:
            path: a file, a folder, one that holds it, or FOLDER/PREFIX.
        """
        return int(bool(find_sets(path, NPZ_ENDING)) or holder(path, _is_npz) is not None)

    def read(self) -> ImageSet:
        """The parts of the only set there. Raises DataError as it says in `FileSource`."""
        sets = find_sets(self.path, NPZ_ENDING)
        if sets:
            found = one_set(sets, self.path, "train-imgs.npz")
            return with_own_names(
                ImageSet(read_npz_pairs(found.pairs()), found.folder), found.folder
            )
        file = _only_file(self.path)
        return with_own_names(ImageSet(read_npz_parts(file), file), file.parent)


def _only_file(path: Path) -> Path:
    if path.is_file():
        return path
    folder = holder(path, _is_npz)
    files = [file for file in entries(folder) if _is_npz(file)] if folder else []
    if len(files) != 1:
        names = ", ".join(file.name for file in files[:8]) or "none"
        raise DataError(f"Expected one .npz file at {path}, found {names}. Name the file itself.")
    return files[0]


def _is_npz(path: Path) -> bool:
    return path.suffix.lower() == ".npz" and path.is_file()
