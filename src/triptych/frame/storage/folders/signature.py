"""Whether a file is a picture that is read: by its name's ending, else by its first bytes."""

import re
from collections.abc import Callable
from pathlib import PurePosixPath

from PIL import Image

from ..decoding.decode import HEIC_BRANDS, HEIC_ENDINGS, HEIC_NEEDS, HEIF, readable_formats

START = 32  # bytes of a file that tell its kind

# Pillow takes any text that begins with "BM" or "Py" for one of these
STRICTER = {
    "BMP": re.compile(rb"BM.{12}[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0", re.DOTALL),
    "PPM": re.compile(rb"P[1-6]\s+[#\d]|P[fF]\s+\d"),
}


def why_no_image(name: str, start: Callable[[], bytes]) -> str:
    """Why a file is not read as a picture, to stand in a sentence; "" where it is one.

    Parameters:
        name: of the file.
        start: reads its first `START` bytes; asked only where the ending is none of a picture.
    """
    ending = PurePosixPath(name).suffix.lower()
    formats = readable_formats()  # registers the endings of HEIC
    if Image.registered_extensions().get(ending, "") in formats:
        return ""
    begins = start()
    if is_image(begins):
        return ""
    if ending in HEIC_ENDINGS or _is_heic(begins):
        return HEIC_NEEDS
    if not ending:
        return "has no ending, such as .jpg, and does not begin as a picture"
    return f"{ending} is no picture that is read"


def is_image(start: bytes) -> bool:
    """Whether a file that begins so is a picture of a format that is read.

    Parameters:
        start: its first `START` bytes.

    >>> is_image(bytes([0xFF, 0xD8, 0xFF, 0xE0]))
    True
    """
    Image.init()
    return any(_accepts(kind, start) for kind in readable_formats())


def _accepts(kind: str, start: bytes) -> bool:
    if kind in STRICTER:
        return STRICTER[kind].match(start) is not None
    accept = Image.OPEN[kind][1] if kind in Image.OPEN else None
    # where a decoder is not built in, Pillow's answer is a sentence
    return bool(accept) and accept(start[:16]) in (True, 1)


def _is_heic(start: bytes) -> bool:
    is_heic = start[4:8] == b"ftyp" and start[8:12] in HEIC_BRANDS
    return is_heic and HEIF not in readable_formats()
