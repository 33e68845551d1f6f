"""The contract of a detector that can be chosen by name."""

from abc import ABC, abstractmethod
from typing import ClassVar

from ..detection.face import Face, RGBImage


class Detector(ABC):
    """Photos in, faces with five landmarks out. It may serve several threads at once.

    A detector is made by keywords: `smallest_face` and `relevant`, as `FaceSearch` has them.
    """

    licence: ClassVar[str]
    """Of its code and its weights."""

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
    def smallest_seen(self, height: int, width: int) -> float:
        """Pixels across, in a photo of this size: hardly a face is missed that is as large.

        Parameters:
            height: of the photo.
            width: of the photo.
        """
