"""The contract of a detector that can be chosen by name."""

from abc import ABC, abstractmethod
from typing import ClassVar

from ..detection.face import Face, RGBImage


class Detector(ABC):
    """Photos in, faces with five landmarks out. It may serve several threads at once."""

    @abstractmethod
    def __init__(
        self, *, score: float = 0.6, smallest_face: float | None = None, relevant: float = 0.0
    ):
        """
        Parameters:
            score: how sure it must be, 0 … 1.
            smallest_face: the narrowest face that counts, in pixels of the photo, or below 1 as a
                share of its longer side.
            relevant: faces less than so many times as wide as the largest may be passed over,
                0 … 1.
        """

    licence: ClassVar[str]
    """Of its code and its weights."""

    smallest_face: float | None
    """As it was made."""

    @classmethod
    @abstractmethod
    def is_available(cls) -> bool:
        """Whether all it needs is on this machine."""

    @abstractmethod
    def detect(self, image: RGBImage) -> list[Face]:
        """All faces of a photo, the largest first; none is an empty list.

        Parameters:
            image: uint8, (height, width, channels), RGB or (one channel) grey.

        Raises ImageError for another number of channels.
        """

    @abstractmethod
    def limit(self, height: int, width: int) -> float:
        """Pixels across of the smallest face that is surely seen in a photo of this size; 0 where
        it is looked at in all its pixels, or as closely as was asked.

        Parameters:
            height: of the photo.
            width: of the photo.
        """
