"""Large JPEG files read smaller than they are, where that is enough: quicker, in less memory."""

from contextlib import ExitStack, suppress
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from PIL.JpegImagePlugin import JpegImageFile

from ..images import ImageLike, RGBImage, as_image
from .decode import MAX_PIXELS, without_warnings

REDUCIBLE = 250_000_000  # pixels of a JPEG that is read smaller: phones take photos of 200 million
REDUCTIONS = (8, 4, 2, 1)  # what JPEG's decoder can divide sides by
JPEG_START = b"\xff\xd8\xff"


def as_reduced_image(
    source: ImageLike, side: float, *, name: str = "the image"
) -> tuple[RGBImage, int]:
    """Any image as `as_image` gives it; a JPEG file at a half, a quarter or an eighth of its height
    and width where that is enough.

    Pixels are averaged by the decoder (the lower frequencies of its cosine transform are kept). A
    JPEG may so have `REDUCIBLE` pixels, unless it is progressive: of such a one all is kept in
    memory before it shrinks.

    Parameters:
        source: as `as_image` takes it.
        side: pixels; the result covers its square or more, where the image does and `MAX_PIXELS`
            allows.
        name: what an error calls an image that is not in a file.

    Returns uint8 RGB (height, width, 3), and what the sides were divided by, rounded up. Raises
    ImageError.
    """
    with ExitStack() as closed:
        file = _jpeg_file(source, closed)
        image = _reduced_jpeg(file, side) if file else None
        if image is not None:
            name = str(source) if isinstance(source, (str, Path)) else name
            return as_image(image, name=name), image.decoderconfig[0]
    return as_image(source, name=name), 1


def _jpeg_file(source: ImageLike, closed: ExitStack) -> BinaryIO | BytesIO | None:
    """The open file if it is a JPEG; what is to be closed goes into `closed`."""
    file = None
    with suppress(OSError, ValueError):  # `as_image` says what is wrong
        if isinstance(source, (bytes, bytearray, memoryview)):
            file = BytesIO(source)
        elif isinstance(source, (str, Path)) and Path(source).is_file():
            file = closed.enter_context(Path(source).open("rb"))  # noqa: SIM115
        if file and file.read(len(JPEG_START)) == JPEG_START:
            file.seek(0)
            return file
    return None


def _reduced_jpeg(file: BinaryIO | BytesIO, side: float) -> JpegImageFile | None:
    """A JPEG that is to be decoded smaller; None where it is not, or is no whole JPEG."""
    try:
        with without_warnings():  # of broken EXIF
            image = JpegImageFile(file)  # Image.open would refuse some of them by size
    except Exception:  # damage of any kind, which `as_image` tells
        return None
    width, height = image.size
    pixels = width * height
    possible = [by for by in REDUCTIONS if pixels <= by**2 * MAX_PIXELS]
    if not possible or pixels > REDUCIBLE or "progressive" in image.info:
        return None
    by = next((by for by in possible if pixels >= (by * side) ** 2), possible[-1])
    image.draft(None, (width // by, height // by))
    return image if by > 1 and image.decoderconfig else None
