"""Decode untrusted bytes with Pillow: upright, eight bits a channel, sRGB, whatever the mode."""

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from io import BytesIO
from typing import BinaryIO, Literal

import numpy as np
from jaxtyping import Num, UInt8
from PIL import Image, ImageCms, ImageStat

from ...errors import ImageError

MAX_PIXELS = 100_000_000  # a 10,000 × 10,000 scan; beyond, a small file is likelier a trap
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PPM", "AVIF")  # none runs a program
HEIF = "HEIF"  # what Pillow calls HEIC and its kin, where pillow-heif is installed
HEIC_ENDINGS = (".heic", ".heif", ".hif", ".heics", ".heifs")
HEIC_NEEDS = "HEIC needs pillow-heif, which is not installed: pip install 'triptych[heic]'"
HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1")
ORIENTATION, BITS = 0x0112, 258  # tags of EXIF and of TIFF
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
OPAQUE = [0] * 128 + [255] * 128  # by opacity: what counts as part of the thing itself
_warnings_lock = threading.Lock()

Ground = Literal["white", "contrast"]

File = BinaryIO | BytesIO  # a BytesIO is a BinaryIO, but the run-time check of types denies it


@cache
def readable_formats() -> tuple[str, ...]:
    """The formats that are read, as Pillow calls them: HEIC among them where pillow-heif is
    installed."""
    if find_spec("pillow_heif") is None:
        return FORMATS
    import_module("pillow_heif").register_heif_opener()
    return (*FORMATS, HEIF)


def decode(file: File, name: str) -> Image.Image:
    """The first image of a file, upright and in sRGB.

    Parameters:
        file: open for reading bytes.
        name: what an error calls it.

    Returns a PIL image of mode L, RGB or RGBA. Raises ImageError where there is no image, it is
    damaged, or larger than `MAX_PIXELS`.
    """
    try:
        with _errors_in_words(name):
            with without_warnings():
                image = Image.open(file, formats=readable_formats())
                _check_size(image.size, name)
                if image.format == "TIFF":
                    image.load()  # reads, and complains of, the rest of its tags
            return _to_eight_bit(_upright(image))
    except Image.UnidentifiedImageError as error:
        file.seek(0)
        start = file.read(12)
        if start[4:8] == b"ftyp" and start[8:12] in HEIC_BRANDS and HEIF not in readable_formats():
            raise ImageError(f"Cannot read {name}: {HEIC_NEEDS}.") from error
        got = "another kind of file" if start else "an empty file"
        raise ImageError(
            f"Expected a picture ({', '.join(readable_formats())}), got {got}: {name}. Convert it."
        ) from error


def convert(image: Image.Image, name: str) -> Image.Image:
    """A PIL image of any mode as `decode` gives it; the image itself is not changed.

    Parameters:
        image: of any mode Pillow knows.
        name: what an error calls it.
    """
    with _errors_in_words(name):
        _check_size(image.size, name)
        return _to_eight_bit(_upright(image))


@contextmanager
def _errors_in_words(name: str) -> Iterator[None]:
    """Raise ImageError for whatever Pillow's decoders raise: they meet damage with any error."""
    try:
        yield
    except (ImageError, Image.UnidentifiedImageError):
        raise
    except Image.DecompressionBombError as error:
        raise ImageError(_too_large(name, "more")) from error
    except Exception as error:
        reason = " ".join(str(error).split()).rstrip(".") or type(error).__name__
        raise ImageError(f"{name} is a damaged picture: {reason}. Take a whole copy.") from error


def flatten_alpha(image: Image.Image, ground: Ground = "white") -> Image.Image:
    """Lay an image on a ground where it has alpha.

    Parameters:
        image: of any mode.
        ground: "white"; or "contrast", which is black behind things that are light.
    """
    if image.mode != "RGBA":
        return image
    color = "white"
    if ground == "contrast":
        opaque = image.getchannel("A").point(OPAQUE)
        if opaque.getbbox() and ImageStat.Stat(image.convert("L"), opaque).mean[0] > 127:
            color = "black"
    under = Image.new("RGBA", image.size, color)
    return Image.alpha_composite(under, image).convert("RGB")


@contextmanager
def without_warnings() -> Iterator[None]:
    """Ignore Pillow's warnings. Python's filters belong to the process, hence one at a time."""
    with _warnings_lock, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _check_size(size: tuple[int, int], name: str) -> None:
    width, height = size
    if width * height > MAX_PIXELS:
        raise ImageError(_too_large(name, f"{width}×{height}"))


def _too_large(name: str, got: str) -> str:
    return f"Expected at most {MAX_PIXELS // 10**6} million pixels, got {got} in {name}. Shrink it."


def _upright(image: Image.Image) -> Image.Image:
    """Loads and turns an image as its EXIF says.

    As `PIL.ImageOps.exif_transpose` does; that parses EXIF twice, and would turn large photos
    within the lock on warnings, one at a time.
    """
    image.load()
    orientation = None
    # broken EXIF is no reason to refuse good pixels
    with suppress(Exception), without_warnings():
        orientation = image.getexif().get(ORIENTATION)
    return image.transpose(TURNS[orientation]) if orientation in TURNS else image


def _to_eight_bit(image: Image.Image) -> Image.Image:
    if image.mode.startswith(("I", "F")):
        return Image.fromarray(_scale_to_eight_bit(image))
    if image.has_transparency_data:
        image = image.convert("RGBA")
    elif image.mode == "P":
        image = image.convert("RGB")
    image = _to_srgb(image)
    if image.mode in ("L", "RGB", "RGBA"):
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def _to_srgb(image: Image.Image) -> Image.Image:
    """Convert colors from the file's ICC profile to sRGB; leave them where the profile is unfit."""
    profile = image.info.get("icc_profile")
    with suppress(ImageCms.PyCMSError, OSError):
        if image.mode == "LAB":
            source = ImageCms.createProfile("LAB")
        elif not profile or image.mode == "1":
            return image
        else:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            if "sRGB" in ImageCms.getProfileDescription(source):
                return image
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        target = ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(image, source, target, outputMode=mode) or image
    return image


def _scale_to_eight_bit(image: Image.Image) -> UInt8[np.ndarray, "height width"]:
    """Scale deep grey levels to eight bits, rounded."""
    values = np.asarray(image)
    bits = 16 if image.format == "PPM" else _bits(image)
    of_numbers = image.format is None and image.mode == "I"  # made of an array of int32
    if image.mode != "F" and not of_numbers and bits <= 16 and values.min() >= 0:
        low, high = 0.0, 2.0**bits - 1
    else:
        values = np.nan_to_num(values.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
        low, high = _value_range(values, image.mode)
    scaled = (values.astype(np.float32) - low) * np.float32(255 / (high - low))
    return np.rint(scaled).clip(0, 255).astype(np.uint8)


def _bits(image: Image.Image) -> int:
    """Bits a grey level has: as a TIFF states (12 is usual in medicine); 16 in a PNG."""
    return getattr(image, "tag_v2", {}).get(BITS, (16,))[0]


def _value_range(values: Num[np.ndarray, "height width"], mode: str) -> tuple[float, float]:
    """The values that become black and white where the format does not say.

    The usual range that holds all values (0 … 1 for fractions, 0 … 255, 0 … 65535), else the range
    of the values.
    """
    low, high = float(values.min()), float(values.max())
    usual = [1.0] * (mode == "F") + [255.0, 65535.0]
    white = next((white for white in usual if low >= 0 and high <= white), None)
    if white is not None:
        return 0.0, white
    return low, max(high, low + 1)
