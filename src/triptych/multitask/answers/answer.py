"""What one head answers in an exported file, as tensors in pixels of the images."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from jaxtyping import Float, Int
from torch import Tensor

from .kinds import PARTS, Kind


class ImageFrame(ABC):
    """Where images lie in the canvases that a model sees: it brings answers back to their pixels,
    in operations that a graph can hold."""

    @abstractmethod
    def boxes(self, boxes: Float[Tensor, "*many 4"]) -> Float[Tensor, "*many 4"]:
        """Boxes in pixels of the image.

        Parameters:
            boxes: left, top, right, bottom in pixels of the canvas.
        """

    @abstractmethod
    def circles(self, circles: Float[Tensor, "*many 3"]) -> Float[Tensor, "*many 3"]:
        """Circles in pixels of the image.

        Parameters:
            circles: x, y, radius in pixels of the canvas.
        """

    @abstractmethod
    def probabilities(
        self, maps: Float[Tensor, "batch rows columns"]
    ) -> Float[Tensor, "batch height width"]:
        """A number for each pixel of the image, interpolated.

        Parameters:
            maps: a number per pixel of the canvas.
        """

    @abstractmethod
    def classes(self, maps: Int[Tensor, "batch rows columns"]) -> Int[Tensor, "batch height width"]:
        """A class for each pixel of the image.

        Parameters:
            maps: a class number per pixel of the canvas.
        """


@dataclass(frozen=True)
class Answer:
    """What one head says of images of one size.

    Parameters:
        parts: tensors by the names in `PARTS`, in their order.
        doubt: how unsure it is of each image, as `uncertainty_of`; None where it does not say.
    """

    parts: dict[str, Tensor]
    doubt: Float[Tensor, " batch"] | None = None

    @classmethod
    def of(cls, kind: Kind, *tensors: Tensor, doubt: Tensor | None = None) -> "Answer":
        """An answer of a kind.

        Parameters:
            kind: says how the tensors are called.
            tensors: in the order of `PARTS[kind]`.
            doubt: is cut to 0 … 1.

        Raises ValueError where there are too many or too few of them.
        """
        parts = dict(zip(PARTS[kind], tensors, strict=True))
        return cls(parts, None if doubt is None else doubt.clamp(0, 1))
