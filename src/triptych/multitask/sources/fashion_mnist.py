"""Fashion-MNIST: ten kinds of clothes, in MNIST's files (Xiao, Rasul & Vollgraf 2017)."""

import re
from typing import ClassVar

from ._reading.named_sets import NamedSource

NAME = re.compile("fashion", re.IGNORECASE)
CLOTHES = (
    *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
    *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
)


class FashionMNIST(NamedSource):
    """28×28 grey pieces of clothing on black, in ten classes."""

    usage: ClassVar[str] = "fashion-mnist:FOLDER"
    data_folder: ClassVar[str] = "fashion-mnist"
    homepage: ClassVar[str] = "https://github.com/zalandoresearch/fashion-mnist"

    name_pattern = NAME
    class_names = CLOTHES
    example = "train-images-idx3-ubyte (or .gz)"
