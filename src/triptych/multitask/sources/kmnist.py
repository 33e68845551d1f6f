"""Kuzushiji-MNIST: ten hiragana as they were written by hand (Clanuwat et al. 2018)."""

import re
from typing import ClassVar

from ._reading.named_sets import NamedSource

NAME = re.compile(r"kmnist|kuzushiji[-_ ]?mnist", re.IGNORECASE)
HIRAGANA = ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo")


class KMNIST(NamedSource):
    """28×28 grey hiragana in ten classes, called by their sounds; IDX or .npz files."""

    usage: ClassVar[str] = "kmnist:FOLDER"
    data_folder: ClassVar[str] = "kmnist"
    homepage: ClassVar[str] = "http://codh.rois.ac.jp/kmnist"

    name_pattern = NAME
    class_names = HIRAGANA
    example = "train-images-idx3-ubyte (or .gz)"
