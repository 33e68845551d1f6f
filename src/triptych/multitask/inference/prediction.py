"""What a model says about one image."""

from dataclasses import dataclass
from typing import Any

from jaxtyping import UInt8
from numpy import ndarray

from ..calibration.shape_interval import ShapeInterval
from ..structures.annotations import Annotation, ClassLabel

Pixels = UInt8[ndarray, "_ _ _"]
"""An image (height, width, channels), 0 … 255: grey of 1 channel, or RGB of 3."""


@dataclass(frozen=True)
class Prediction:
    """What each head says about one image.

    Parameters:
        name: the file, or what an array is called.
        pixels: the image, upright, as RGB.
        objects: for each thing found in the image, the annotations of each head by its name, in
            pixels of the image; one thing, unless the model reads writing: then each character in
            reading order, and none where nothing is written.
        inverted: whether the model saw the image with dark and light exchanged.
        unfamiliar: whether the image is unlike those the model learned; then its annotations, if
            there are any, mean little.
        uncertainty: how unsure the least sure of its heads is, 0 … 1, by `uncertainty_of`; 1 where
            the image is unfamiliar; None where no head tells it.
        novelty: how unlike the images the model learned it is, above 1 for one held-out image of a
            hundred; 0 where the model knows none.
        intervals: for each of the objects, between which shapes the border of the thing lies, by
            head; empty where no head knows.
    """

    name: str
    pixels: Pixels
    objects: tuple[dict[str, Annotation], ...]
    inverted: bool
    unfamiliar: bool = False
    uncertainty: float | None = None
    novelty: float = 0.0
    intervals: tuple[dict[str, ShapeInterval], ...] = ()

    @property
    def annotations(self) -> dict[str, Annotation]:
        """Those of the only thing, or of the first; empty where nothing was found."""
        return self.objects[0] if self.objects else {}

    def __str__(self) -> str:
        """What was found, in one line; of several things, the class of each."""
        if not self.objects:
            return "nothing found" + ", for it is unlike all it learned" * self.unfamiliar
        if len(self.objects) > 1:
            values = [_main(one).summary() for one in self.objects]
            return f"{len(values)} found: {', '.join(values)}"
        parts = [f"{name} {value.summary()}" for name, value in self.annotations.items()]
        doubt = " (unlike what it learned, so hardly to be trusted)" * self.unfamiliar
        return " · ".join(parts) + doubt

    def to_dict(self) -> dict[str, Any]:
        """Name, size, annotations and uncertainty, ready for JSON: "answers" is a mapping by head,
        and where there are several things or none, a list of such mappings; so are "intervals",
        where there are any."""
        height, width = self.pixels.shape[:2]
        answers = [
            {name: annotation.to_dict() for name, annotation in one.items()} for one in self.objects
        ]
        value = {
            "image": self.name,
            "width": width,
            "height": height,
            "answers": answers[0] if len(answers) == 1 else answers,
            "uncertainty": None if self.uncertainty is None else round(self.uncertainty, 4),
        }
        if any(self.intervals):
            told = [{name: one.to_dict() for name, one in of.items()} for of in self.intervals]
            value["intervals"] = told[0] if len(told) == 1 else told
        return {**value, "unfamiliar": True} if self.unfamiliar else value


def _main(annotations: dict[str, Annotation]) -> Annotation:
    """The class, where there is one, else what the first head says."""
    labels = [one for one in annotations.values() if isinstance(one, ClassLabel)]
    return (labels or list(annotations.values()))[0]
