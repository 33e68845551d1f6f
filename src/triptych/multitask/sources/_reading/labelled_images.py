"""Images and labels as files hold them, before they are made into cutouts."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jaxtyping import Shaped
from numpy import ndarray


@dataclass(frozen=True)
class LabelledImages:
    """A part of a set as it is stored.

    Parameters:
        images: (N, H, W), (N, H, W, 1 or 3), (N, 1 or 3, H, W) or (N, side²), of any numbers.
        labels: (N,) or (N, 1) of class numbers or names, or (N, classes) with a 1 for the class.
    """

    images: Shaped[ndarray, "count ..."]
    labels: Shaped[ndarray, "any ..."]


@dataclass(frozen=True)
class ImageSet:
    """A set with its parts.

    Parameters:
        parts: the parts by their split; "train" must be one.
        origin: the file or folder, for errors.
        class_names: by class number; None where labels alone tell the classes.
        first_label: the label of the first class; None where it is 0 or 1, as the labels tell.
    """

    parts: Mapping[str, LabelledImages]
    origin: Path
    class_names: tuple[str, ...] | None = None
    first_label: int | None = None
