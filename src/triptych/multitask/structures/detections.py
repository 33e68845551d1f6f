"""Detections: what is true or predicted of all objects in an image."""

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from ...frame.storage.letterbox import Letterbox
from .annotations import Annotation, BoundingBox, Circle


@dataclass(frozen=True)
class DetectedObject:
    """One object in an image.

    Parameters:
        shape: where it is.
        name: of its class; empty where there are no classes.
        score: how sure the model is, 0 … 1; of the ground truth, 1.
        counts: whether it has to be found; of the ground truth, not where it is a crowd.
    """

    shape: BoundingBox | Circle
    name: str
    score: float = 1.0
    counts: bool = True


@dataclass(frozen=True)
class Detections(Annotation):
    """All objects of an image, the surest first.

    Parameters:
        objects: none where nothing was found.
    """

    objects: tuple[DetectedObject, ...]

    def to_original(self, letterbox: Letterbox) -> "Detections":
        """The same objects in pixels of the image that was letterboxed."""
        moved = (replace(one, shape=one.shape.to_original(letterbox)) for one in self.objects)
        return Detections(tuple(moved))

    def to_dict(self) -> dict[str, Any]:
        """How many there are of each class, and each with its class, score and shape."""
        rows = [
            {"name": one.name, "score": round(one.score, 4), **one.shape.to_dict()}
            for one in self.objects
        ]
        return {"counts": dict(self.counts()), "objects": rows}

    def counts(self) -> Counter[str]:
        """How many objects there are of each class, the commonest first."""
        return Counter(dict(Counter(one.name for one in self.objects).most_common()))

    def summary(self) -> str:
        """
        >>> Detections((DetectedObject(Circle(5, 5, 2), "cell"),) * 2).summary()
        '2 × cell'
        """
        return ", ".join(f"{count} × {name}" for name, count in self.counts().items()) or (
            "nothing"
        )
