"""Two shapes between which the border of a thing lies. Knows no PyTorch."""

from dataclasses import dataclass
from typing import Any

from ...frame.storage.letterbox import Letterbox
from ..structures.annotations import BoundingBox, Circle

CONFIDENCE = 0.9  # of the outer shape, and of the inner one


@dataclass(frozen=True)
class ShapeInterval:
    """Two shapes between which the border of a thing lies.

    Parameters:
        outer: holds the whole thing, with the confidence, in pixels.
        inner: lies within the thing, with the confidence, in pixels; None where nothing is left.
        confidence: of each of the two, 0 … 1.
    """

    outer: BoundingBox | Circle
    inner: BoundingBox | Circle | None
    confidence: float = CONFIDENCE

    def to_original(self, letterbox: Letterbox) -> "ShapeInterval":
        """The same interval in pixels of the image that was letterboxed.

        Parameters:
            letterbox: how the image was scaled and padded for the model.
        """
        inner = None if self.inner is None else self.inner.to_original(letterbox)
        return ShapeInterval(self.outer.to_original(letterbox), inner, self.confidence)

    def to_dict(self) -> dict[str, Any]:
        """Its values by name, ready for JSON."""
        inner = None if self.inner is None else self.inner.to_dict()
        return {"confidence": self.confidence, "outer": self.outer.to_dict(), "inner": inner}
