"""Any folder of IDX files in MNIST's layout: MNIST itself, USPS, or your own."""

from pathlib import Path
from typing import ClassVar

from ._reading.file_source import FileSource, with_own_names
from ._reading.idx_set import read_idx_parts
from ._reading.labelled_images import ImageSet
from ._reading.set_files import IDX_ENDING, find_sets, one_set


class IDXFolder(FileSource):
    """Images of one size, of 2 to 256 classes, in a folder of IDX files: images and labels, for
    training and for testing, compressed by gzip or not; `classes.txt` may name the classes."""

    usage: ClassVar[str] = "idx:FOLDER"

    @classmethod
    def recognizes(cls, path: Path) -> int:
        """1 where there are IDX files by the usual names.

        Parameters:
            path: a folder, one that holds it, a file, or FOLDER/PREFIX.
        """
        return int(bool(find_sets(path, IDX_ENDING)))

    def read(self) -> ImageSet:
        """The parts of the only set there. Raises DataError as it says in `FileSource`."""
        sets = find_sets(self.path, IDX_ENDING)
        found = one_set(sets, self.path, "train-images-idx3-ubyte (or .gz)")
        return with_own_names(ImageSet(read_idx_parts(found.pairs()), found.folder), found.folder)
