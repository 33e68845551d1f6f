"""QMNIST: MNIST's digits traced to their origin, with 60,000 for testing (Yadav & Bottou 2019)."""

from pathlib import Path
from typing import ClassVar

from ._reading.file_source import FileSource
from ._reading.idx_set import read_idx_parts
from ._reading.labelled_images import ImageSet
from ._reading.set_files import IDX_ENDING, find_sets, one_set


class QMNIST(FileSource):
    """28×28 grey digits; a row of eight numbers is the label of each, the first the digit."""

    usage: ClassVar[str] = "qmnist:FOLDER"
    data_folder: ClassVar[str] = "qmnist"
    homepage: ClassVar[str] = "https://github.com/facebookresearch/qmnist"

    @classmethod
    def recognizes(cls, path: Path) -> int:
        """2 where all IDX files are called after QMNIST.

        Parameters:
            path: a folder, one that holds it, a file, or FOLDER/qmnist.
        """
        sets = find_sets(path, IDX_ENDING)
        return 2 if sets and all(one.prefix.lower() == "qmnist" for one in sets) else 0

    def read(self) -> ImageSet:
        """Both parts. Raises DataError as it says in `FileSource`."""
        found = one_set(
            find_sets(self.path, IDX_ENDING), self.path, "qmnist-train-images-idx3-ubyte (or .gz)"
        )
        return ImageSet(read_idx_parts(found.pairs()), found.folder, tuple("0123456789"), 0)
