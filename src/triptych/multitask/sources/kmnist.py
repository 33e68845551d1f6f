"""Kuzushiji-MNIST: ten hiragana as they were written by hand (Clanuwat et al. 2018)."""

import re
from pathlib import Path
from typing import ClassVar

from ._reading.file_source import FileSource
from ._reading.labelled_images import ImageSet
from ._reading.named_sets import is_called, read_named_set

NAME = re.compile(r"kmnist|kuzushiji[-_ ]?mnist", re.IGNORECASE)
HIRAGANA = ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo")


class KMNIST(FileSource):
    """28×28 grey hiragana in ten classes, called by their sounds; IDX or .npz files."""

    usage: ClassVar[str] = "kmnist:FOLDER"
    data_folder: ClassVar[str] = "kmnist"
    homepage: ClassVar[str] = "http://codh.rois.ac.jp/kmnist"

    @classmethod
    def recognizes(cls, path: Path) -> int:
        """2 where the files, or their folder, are called KMNIST.

        Parameters:
            path: a folder, one that holds it, a file, or FOLDER/PREFIX.
        """
        return 2 if is_called(path, NAME) else 0

    def read(self) -> ImageSet:
        """Both parts. Raises DataError as it says in `FileSource`."""
        return read_named_set(self.path, NAME, HIRAGANA, "train-images-idx3-ubyte (or .gz)")
