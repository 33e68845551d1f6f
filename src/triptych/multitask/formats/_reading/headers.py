"""The size of a picture as its header states it, without decoding it."""

import warnings
from pathlib import Path

from PIL import Image

from ....frame.storage.decoding.decode import readable_formats

SIDEWAYS = (5, 6, 7, 8)  # EXIF orientations in which width and height change places
ORIENTATION = 0x0112


def picture_size(path: Path) -> tuple[int, int] | None:
    """Width and height of a picture when it stands upright; None where it cannot be read.

    Parameters:
        path: of the picture.
    """
    try:
        formats = readable_formats()
        with (
            warnings.catch_warnings(action="ignore"),
            Image.open(path, formats=formats) as image,
        ):
            width, height = image.size
            # Pillow turns the size of a TIFF by itself
            has_exif = "exif" in image.info and image.format != "TIFF"
            turned = has_exif and image.getexif().get(ORIENTATION) in SIDEWAYS
    except Exception:  # Pillow's plug-ins raise anything for damaged headers
        return None
    return (height, width) if turned else (width, height)
