"""EMNIST: handwritten letters and digits in six subsets (Cohen et al. 2017)."""

import re
import string
from pathlib import Path
from typing import ClassVar

import numpy as np

from ._reading.file_source import FileSource, with_own_names
from ._reading.idx_set import read_idx_parts
from ._reading.labelled_images import ImageSet
from ._reading.set_files import IDX_ENDING, FileSet, find_sets, one_set

MERGED = tuple(string.digits + string.ascii_uppercase + "abdefghnqrt")  # c, i, j … are C, I, J …
CLASSES = {
    "byclass": tuple(string.digits + string.ascii_uppercase + string.ascii_lowercase),
    "bymerge": MERGED,
    "balanced": MERGED,
    "letters": tuple(string.ascii_lowercase),
    "digits": tuple(string.digits),
    "mnist": tuple(string.digits),
}


class EMNIST(FileSource):
    """28×28 grey letters and digits, stored transposed and read upright; the letters of subset
    "letters", upper and lower case together, are labelled from 1."""

    usage: ClassVar[str] = "emnist:FOLDER/emnist-SUBSET"
    data_folder: ClassVar[str] = "emnist"
    homepage: ClassVar[str] = "https://www.nist.gov/itl/products-and-services/emnist-dataset"

    def __init__(self, argument: str = ""):
        """
        Parameters:
            argument: a folder with one subset; FOLDER/emnist-letters where it has several; or the
                name of a subset, which is looked for in TRIPTYCH_DATA.
        """
        super().__init__("" if argument in CLASSES else argument)
        if argument in CLASSES:
            self.path = self.path / f"emnist-{argument}"

    @classmethod
    def recognizes(cls, path: Path) -> int:
        """2 where all IDX files are called after a subset of EMNIST.

        Parameters:
            path: a folder, one that holds it, a file, or FOLDER/emnist-SUBSET.
        """
        sets = find_sets(path, IDX_ENDING)
        return 2 if sets and all(map(_subset, sets)) else 0

    def read(self) -> ImageSet:
        """The parts of a subset. Raises DataError as it says in `FileSource`."""
        sets = [one for one in find_sets(self.path, IDX_ENDING) if _subset(one)]
        found = one_set(sets, self.path, "emnist-letters-train-images-idx3-ubyte (or .gz)")
        parts = read_idx_parts(found.pairs(), transposed=True)
        subset = _subset(found)
        from_one = subset == "letters" and all(np.min(part.labels) > 0 for part in parts.values())
        names = CLASSES[subset]
        return with_own_names(ImageSet(parts, found.folder, names, int(from_one)), found.folder)


def _subset(files: FileSet) -> str:
    """Which of the subsets the files, or else their folder, are called after; empty for none."""
    name = files.prefix or files.folder.absolute().name
    match = re.search(r"emnist[-_. ]?(\w+)$", name, re.IGNORECASE)
    name = match[1].lower() if match else ""
    return name if name in CLASSES else ""
