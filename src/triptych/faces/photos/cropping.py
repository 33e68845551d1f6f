"""Photos cut to what a network learns from: faces found and aligned, or pictures whole."""

from typing import Literal

from ...frame.errors import FaceError
from ...frame.storage import images
from ..detection.alignment import Crop, align, centred, coloured, whole
from ..detection.face import Finder
from ..detection.template import NARROW, Template
from .identity_folder import PhotoFile

Way = Literal["find", "aligned", "whole"]


def fitted(height: int, width: int) -> Template:
    """The customary places of the landmarks for a crop of this size: `NARROW` scaled to its
    height and in its middle, so 112 × 96 and 112 × 112 are `NARROW` and `SQUARE` themselves."""
    scale = height / NARROW.height
    middle = (width - scale * NARROW.width) / 2
    return Template(height, width, tuple((scale * x + middle, scale * y) for x, y in NARROW.points))


class Cropper:
    """Reads a photo and cuts it; the same way whenever the same is asked for."""

    def __init__(
        self,
        way: Way,
        height: int,
        width: int,
        channels: int,
        finder: Finder | None = None,
    ):
        """Where faces are to be found, `finder` finds them; YuNet, if none is handed in."""
        self.height, self.width, self.channels = height, width, channels
        self.template = None if way == "whole" else fitted(height, width)
        self.finder = finder if way == "find" else None
        if way == "find" and finder is None:
            from ..detection.yunet import YuNet

            self.finder = YuNet()

    def __call__(self, photo: PhotoFile) -> Crop:
        """The crop of the largest face, just as `reading.Reader` will cut it.

        Raises ImageError, or FaceError where no face is found."""
        pixels = images.read(photo.bytes(), name=photo.name)
        if self.template is None:
            return whole(pixels, self.height, self.width, self.channels)
        if self.finder is None:
            return coloured(centred(pixels, self.template), self.channels)
        faces = self.finder.find(pixels)
        if not faces:
            raise FaceError(f"No face found in {photo.name}. Leave it out, or crop it closer.")
        return coloured(align(pixels, faces[0].landmarks, self.template), self.channels)
