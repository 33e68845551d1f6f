"""Kuzushiji-49: 48 hiragana and the iteration mark, written by hand (Clanuwat et al. 2018)."""

import re
from pathlib import Path
from typing import ClassVar

from ._reading.file_source import FileSource
from ._reading.labelled_images import ImageSet
from ._reading.named_sets import is_called, read_named_set

NAME = re.compile(r"k49|kuzushiji[-_ ]?49", re.IGNORECASE)
# in the order of k49_classmap.csv, which is that of Unicode
HIRAGANA = (
    *("a", "i", "u", "e", "o", "ka", "ki", "ku", "ke", "ko", "sa", "shi", "su", "se", "so"),
    *("ta", "chi", "tsu", "te", "to", "na", "ni", "nu", "ne", "no", "ha", "hi", "fu", "he", "ho"),
    *("ma", "mi", "mu", "me", "mo", "ya", "yu", "yo", "ra", "ri", "ru", "re", "ro"),
    *("wa", "wi", "we", "wo", "n", "iteration mark"),
)


class Kuzushiji49(FileSource):
    """28×28 grey hiragana in 49 classes of unequal size, called by their sounds; .npz files."""

    usage: ClassVar[str] = "kuzushiji-49:FOLDER"
    data_folder: ClassVar[str] = "kuzushiji-49"
    homepage: ClassVar[str] = "http://codh.rois.ac.jp/kmnist"

    @classmethod
    def recognizes(cls, path: Path) -> int:
        """2 where the files, or their folder, are called k49 or Kuzushiji-49.

        Parameters:
            path: a folder, one that holds it, a file, or FOLDER/k49.
        """
        return 2 if is_called(path, NAME) else 0

    def read(self) -> ImageSet:
        """Both parts. Raises DataError as it says in `FileSource`."""
        return read_named_set(self.path, NAME, HIRAGANA, "k49-train-imgs.npz")
