"""What the header of a picture states, without decoding it: its size, and how it is turned."""

from contextlib import suppress
from dataclasses import dataclass

from PIL import Image

from .decode import ORIENTATION, TURNS

SIDEWAYS = (5, 6, 7, 8)  # EXIF orientations in which width and height change places


@dataclass(frozen=True)
class Header:
    """Size and orientation of a picture.

    Parameters:
        width: in pixels as they are stored, before EXIF turns them, as is `height`.
        height: in pixels.
        orientation: of EXIF: 1 for upright, 2 … 8.
    """

    width: int
    height: int
    orientation: int = 1

    @property
    def upright(self) -> tuple[int, int]:
        """Width and height of the picture when it stands upright."""
        turned = self.orientation in SIDEWAYS
        return (self.height, self.width) if turned else (self.width, self.height)


def header_of(image: Image.Image) -> Header:
    """The header of a picture; an orientation that is none counts as upright.

    Parameters:
        image: opened, but not yet loaded.
    """
    orientation = 1
    with suppress(Exception):  # broken EXIF is no reason to refuse good pixels
        stated = image.getexif().get(ORIENTATION)
        orientation = int(stated) if stated in TURNS else 1
    width, height = image.size
    if image.format == "TIFF" and orientation in SIDEWAYS:  # whose size Pillow turns by itself
        width, height = height, width
    return Header(width, height, orientation)
