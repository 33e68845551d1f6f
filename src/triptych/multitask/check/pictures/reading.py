"""Read of one picture what a check needs: its size, how it is turned, and how it looks, small."""

import hashlib
import threading
from contextlib import nullcontext
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
from jaxtyping import UInt8
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from ....frame.errors import ImageError
from ....frame.storage.decoding.decode import TURNS, decode, flatten_alpha, readable_formats
from ....frame.storage.decoding.header import header_of
from ....frame.storage.decoding.reduced_image import JPEG_START, REDUCIBLE
from ....frame.storage.files import os_error_reason, read_part
from .hashing import SIDE

DRAFT = 64  # pixels a side at least of a JPEG that is decoded smaller
HEAD = 2**20  # pixels of images that are decoded whole, at most, in several threads at a time
_large = threading.Lock()  # one large picture at a time: each may take 400 MB


@dataclass(frozen=True)
class PictureFile:
    """Where the bytes of a picture lie.

    Parameters:
        path: of the file.
        offset: of its first byte.
        size: bytes; None for the whole file.
    """

    path: Path
    offset: int = 0
    size: int | None = None

    def content(self) -> bytes:
        """Its bytes."""
        return read_part(self.path, self.offset, self.size)


@dataclass(frozen=True)
class Picture:
    """What was read of a picture.

    Parameters:
        width: in pixels as they are stored, before EXIF turns them, as is `height`.
        height: in pixels.
        orientation: of EXIF: 1 for upright, 2 … 8.
        digest: of the bytes of its file.
        small: grey, upright, in `SIDE` × `SIDE` pixels; None where it cannot be decoded.
        reason: why it cannot be read; "" where it can.
    """

    width: int = 0
    height: int = 0
    orientation: int = 1
    digest: int = 0
    small: UInt8[np.ndarray, "side side"] | None = None
    reason: str = ""


def read_picture(file: PictureFile, *, deep: bool = False) -> Picture:
    """Read a picture; whatever is wrong with it is a reason, never an error.

    A JPEG is decoded at an eighth of its size where that is enough.

    Parameters:
        file: where it lies.
        deep: whether it is decoded whole, too, as training does.
    """
    try:
        content = file.content()
    except OSError as error:
        return Picture(reason=f"cannot be read: {os_error_reason(error)}")
    except (MemoryError, OverflowError):
        return Picture(reason="does not fit into memory")
    digest = int.from_bytes(hashlib.blake2b(content, digest_size=8).digest(), "little") >> 1
    width = height = 0
    orientation = 1
    try:
        with _open(content) as image:
            header = header_of(image)
            width, height, orientation = header.width, header.height, header.orientation
            small = _small(image, content, orientation, deep=deep)
        return Picture(width, height, orientation, digest, small)
    except (Exception, MemoryError) as error:  # decoders meet damage with any error
        return Picture(width, height, orientation, digest, reason=_in_words(error, content))


def _open(content: bytes) -> Image.Image:
    """The picture with its header read."""
    if content.startswith(JPEG_START):
        return JpegImageFile(BytesIO(content))  # Image.open would refuse large ones by size
    return Image.open(BytesIO(content), formats=readable_formats())


def _small(
    image: Image.Image, content: bytes, orientation: int, *, deep: bool
) -> UInt8[np.ndarray, "side side"]:
    pixels = image.width * image.height
    reduced = isinstance(image, JpegImageFile) and pixels <= REDUCIBLE
    if reduced and not deep:
        image.draft("L", (DRAFT, DRAFT))
        grey = image.convert("L")
    else:
        with _large if pixels > HEAD else nullcontext():
            whole = flatten_alpha(decode(BytesIO(content), "it"))
            grey = whole.convert("L")
        orientation = 1  # it is upright
    small = cv2.resize(np.asarray(grey), (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    if orientation in TURNS:
        small = np.asarray(Image.fromarray(small).transpose(TURNS[orientation]))
    return small


def _in_words(error: BaseException, content: bytes) -> str:
    """Why a picture cannot be decoded, to stand behind its name."""
    if not content:
        return "is an empty file"
    if isinstance(error, Image.UnidentifiedImageError):
        return "is no picture of a kind that is read"
    if isinstance(error, MemoryError):
        return "does not fit into memory"
    reason = " ".join(str(error).split()).rstrip(".") or type(error).__name__
    if isinstance(error, ImageError):
        return reason[:200]
    return f"is damaged: {reason[:160]}"
