"""Fashion-MNIST: ten kinds of clothes, in MNIST's files (Xiao, Rasul & Vollgraf 2017)."""

import re
from pathlib import Path
from typing import ClassVar

from ._reading.file_source import FileSource
from ._reading.labelled_images import ImageSet
from ._reading.named_sets import is_called, read_named_set

NAME = re.compile("fashion", re.IGNORECASE)
CLOTHES = (
    *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
    *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
)


class FashionMNIST(FileSource):
    """28×28 grey pieces of clothing on black, in ten classes."""

    usage: ClassVar[str] = "fashion-mnist:FOLDER"
    data_folder: ClassVar[str] = "fashion-mnist"
    homepage: ClassVar[str] = "https://github.com/zalandoresearch/fashion-mnist"

    @classmethod
    def recognizes(cls, path: Path) -> int:
        """2 where the files, or their folder, are called after fashion.

        Parameters:
            path: a folder, one that holds it, a file, or FOLDER/PREFIX.
        """
        return 2 if is_called(path, NAME) else 0

    def read(self) -> ImageSet:
        """Both parts. Raises DataError as it says in `FileSource`."""
        return read_named_set(self.path, NAME, CLOTHES, "train-images-idx3-ubyte (or .gz)")
