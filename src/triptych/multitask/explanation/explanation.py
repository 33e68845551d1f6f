"""What is found about the answer to one image, or to one character written in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float, UInt8
from numpy import ndarray

from ..structures.annotations import Annotation

Heat = Float[ndarray, "height width"]
"""How much each pixel speaks for the answer, above 0, or against it, below 0."""


@dataclass(frozen=True, eq=False)
class HeadExplanation:
    """Why one head says what it says.

    Parameters:
        answer: in pixels of the canvas.
        score: of the answer, as the head's `explained_score` counts it.
        empty_score: the same of an empty image.
        heat: the heat map of each method, by its name, in pixels of the canvas.
        about: the class that is explained, where one was asked for; else empty.
    """

    answer: Annotation
    score: float
    empty_score: float
    heat: Mapping[str, Heat]
    about: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Answer, scores and the hottest pixel of each map, ready for JSON."""
        value = {
            "answer": self.answer.to_dict(),
            "score": round(self.score, 4),
            "empty_score": round(self.empty_score, 4),
            "hottest": {name: hottest_pixel(heat) for name, heat in self.heat.items()},
        }
        return {**value, "class": self.about} if self.about else value


@dataclass(frozen=True, eq=False)
class Explanation:
    """Why the heads of a model say what they say of one image, or of one character in it.

    Parameters:
        name: the file, or what an array is called.
        canvas: what the network was shown, 0 … 255.
        heads: the explanation of each head, by its name.
    """

    name: str
    canvas: UInt8[ndarray, "height width channels"]
    heads: Mapping[str, HeadExplanation]

    def to_dict(self) -> dict[str, Any]:
        """Size of the canvas and what is told of each head, ready for JSON."""
        height, width = self.canvas.shape[:2]
        heads = {name: one.to_dict() for name, one in self.heads.items()}
        return {"width": width, "height": height, "heads": heads}


def hottest_pixel(heat: Heat) -> list[int] | None:
    """Column and row of the pixel that speaks most for the answer; None where none does.

    Parameters:
        heat: of one method.

    >>> hottest_pixel(np.array([[0.0, 1.0], [0.5, -2.0]])), hottest_pixel(np.zeros((2, 2)))
    ([1, 0], None)
    """
    if not heat.max() > 0:
        return None
    row, column = np.unravel_index(heat.argmax(), heat.shape)
    return [int(column), int(row)]
