"""What an exported file answers: the outputs of each kind of head, by name. Knows no PyTorch."""

from collections.abc import Mapping
from typing import Literal

Kind = Literal["classes", "box", "circle", "mask", "semantic", "boxes", "circles"]

PARTS: Mapping[Kind, tuple[str, ...]] = {
    "classes": ("probabilities",),
    "box": ("",),
    "circle": ("",),
    "mask": ("",),
    "semantic": ("",),
    "boxes": ("", "classes", "scores", "sure"),
    "circles": ("", "classes", "scores", "sure"),
}
"""The outputs of a head are called HEAD, or HEAD.PART."""

MEANINGS: Mapping[tuple[Kind, str], str] = {
    ("classes", "probabilities"): "probability of each class, 0 … 1",
    ("box", ""): "left, top, right, bottom in pixels",
    ("circle", ""): "x, y, radius in pixels",
    ("mask", ""): "probability of the foreground of each pixel, 0 … 1; the mask is above 0.5",
    ("semantic", ""): "class number of each pixel; 0 is the background",
    ("boxes", ""): "left, top, right, bottom of each object in pixels, the surest first",
    ("boxes", "classes"): "class number of each object; -1 where there is none",
    ("boxes", "scores"): "score of each object, 0 … 1",
    ("boxes", "sure"): "whether the score reaches the threshold of its class: use these",
    ("circles", ""): "x, y, radius of each object in pixels, the surest first",
    ("circles", "classes"): "class number of each object; -1 where there is none",
    ("circles", "scores"): "score of each object, 0 … 1",
    ("circles", "sure"): "whether the score reaches the threshold of its class: use these",
}
"""What each output means, for the file's metadata."""

INPUT = "images"
INVERT = "invert"
"""An input that may be left out, of models that know bright things on dark ground alone: 2 inverts
images whose border is light, 1 all, 0 none."""
BY_BORDER = 2
UNCERTAINTY = "uncertainty"
NOVELTY = "novelty"
INVERTED = "inverted"
GENERAL: Mapping[str, str] = {
    NOVELTY: "how unlike the images it learned; above 1 for one held-out image of a hundred",
    UNCERTAINTY: "how unsure the least sure head is, 0 … 1",
    INVERTED: "whether dark and light were exchanged",
}
"""Outputs about an image as a whole, beside those of the heads."""


def output_name(head: str, part: str) -> str:
    """What an output is called.

    Parameters:
        head: its name in the dataset.
        part: in `PARTS`.

    >>> output_name("cells", "scores"), output_name("cells", "")
    ('cells.scores', 'cells')
    """
    return f"{head}.{part}" if part else head
