"""Kuzushiji-49: 48 hiragana and the iteration mark, written by hand (Clanuwat et al. 2018)."""

import re
from typing import ClassVar

from ._reading.named_sets import NamedSource

NAME = re.compile(r"k49|kuzushiji[-_ ]?49", re.IGNORECASE)
# in the order of k49_classmap.csv, which is that of Unicode
HIRAGANA = (
    *("a", "i", "u", "e", "o", "ka", "ki", "ku", "ke", "ko", "sa", "shi", "su", "se", "so"),
    *("ta", "chi", "tsu", "te", "to", "na", "ni", "nu", "ne", "no", "ha", "hi", "fu", "he", "ho"),
    *("ma", "mi", "mu", "me", "mo", "ya", "yu", "yo", "ra", "ri", "ru", "re", "ro"),
    *("wa", "wi", "we", "wo", "n", "iteration mark"),
)


class Kuzushiji49(NamedSource):
    """28×28 grey hiragana in 49 classes of unequal size, called by their sounds; .npz files."""

    usage: ClassVar[str] = "kuzushiji-49:FOLDER"
    data_folder: ClassVar[str] = "kuzushiji-49"
    homepage: ClassVar[str] = "http://codh.rois.ac.jp/kmnist"

    name_pattern = NAME
    class_names = HIRAGANA
    example = "k49-train-imgs.npz"
