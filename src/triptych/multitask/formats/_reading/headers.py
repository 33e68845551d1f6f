"""The size of a picture as its header states it, without decoding it."""

from pathlib import Path

from PIL import Image

from ....frame.storage.decoding.decode import readable_formats, without_warnings
from ....frame.storage.decoding.header import header_of


def picture_size(path: Path) -> tuple[int, int] | None:
    """Width and height of a picture when it stands upright; None where it cannot be read.

    Parameters:
        path: of the picture.
    """
    try:
        formats = readable_formats()
        with without_warnings(), Image.open(path, formats=formats) as image:
            return header_of(image).upright
    except Exception:  # Pillow's plug-ins raise anything for damaged headers
        return None
