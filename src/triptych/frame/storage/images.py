"""The one door for untrusted pixels: images of any kind to RGB; and resize, save.

An image is a NumPy array of uint8 (height, width, channels), row 0 on top: grey, RGB or RGBA.
"""

import re
from collections.abc import Callable, Iterable
from io import BytesIO
from pathlib import Path
from typing import Literal, cast

import cv2
import numpy as np
from jaxtyping import Shaped, UInt8
from PIL import Image

from ..errors import ConfigError, DataError, ImageError
from .arrays import TensorLike, array_to_rgb, array_to_rgba, tensor_to_numpy
from .decoding.decode import File, Ground, convert, decode, flatten_alpha
from .files import os_error_reason, write_bytes
from .image_folder import FolderListing, SkippedImage, list_folder

WRITABLE = ("PNG", "JPEG", "WEBP", "TIFF", "BMP")
WITHOUT_ALPHA = ("JPEG", "BMP")
MODES = {1: "L", 3: "RGB", 4: "RGBA"}
# in a path, two slashes are one, and a folder may stand before
ADDRESS = r"^([a-z][a-z0-9+.-]+://|data:).*|(?<![^/])(https?|ftp|file|s3|gs):/.*"
QUALITY = 95  # of JPEG and WebP: no difference to be seen

Pixels = UInt8[np.ndarray, "height width channels"]
RGBImage = UInt8[np.ndarray, "height width 3"]
RGBAImage = UInt8[np.ndarray, "height width 4"]


ImageLike = (
    str | Path | bytes | bytearray | memoryview | File | Image.Image | np.ndarray | TensorLike
)
"""What `as_image` takes: a path, a file's bytes, an open file, a PIL image, an array, a tensor."""


def read(
    file: str | Path | bytes | File,
    *,
    channels: Literal[1, 3, 4] = 3,
    name: str = "the picture",
    ground: Ground = "white",
) -> Pixels:
    """Read an image file, upright and in sRGB: of an animation the first picture.

    Parameters:
        file: a path, a file's bytes or an open binary file.
        channels: 1 for grey (ITU-R 601), 3 for RGB, 4 for RGBA; alpha is laid on white unless four
            are asked for. Deep grey is scaled to 0 … 255, not clipped.
        name: what an error calls bytes.
        ground: what alpha is laid on: "white", or "contrast", which is black behind things that
            are light.

    Raises ImageError for what is no image, damaged, cut short, above `decode.MAX_PIXELS`, missing
    or not to be read.
    """
    image = _open_file(file, name)
    image = image if channels == 4 else flatten_alpha(image, ground)
    pixels = np.array(image.convert(MODES[channels]))
    return pixels.reshape(*pixels.shape[:2], channels)


def as_image(source: ImageLike, *, name: str = "the image", ground: Ground = "white") -> RGBImage:
    """Any image, however it is given, as RGB.

    Parameters:
        source: a path; a file's bytes; an open binary file; a PIL image; or a NumPy array or torch
            tensor of H×W, H×W×1, H×W×3 (RGB, not OpenCV's BGR), H×W×4 (RGBA), or channels first.
            Arrays are uint8 0 … 255 or floats 0 … 1. Where both ends could be channels, those of
            an array are last, those of a tensor first.
        name: what an error calls an image that is not in a file.
        ground: what alpha is laid on: "white", or "contrast", which is black behind things that
            are light.

    Returns uint8 RGB (height, width, 3); an array that is so already comes back as it is. Grey is
    repeated. Raises ImageError, which says what was expected and what came.
    """
    if isinstance(source, np.ndarray):
        return array_to_rgb(source, name, channels_first=False, ground=ground)
    if isinstance(source, TensorLike):
        return array_to_rgb(tensor_to_numpy(source), name, channels_first=True, ground=ground)
    return np.array(flatten_alpha(_to_pillow(source, name), ground).convert("RGB"))


def as_rgba(source: ImageLike, *, name: str = "the image") -> RGBAImage:
    """Any image with its alpha, which is 255 everywhere in one without transparency.

    Parameters:
        source: as `as_image` takes it.
        name: what an error calls an image that is not in a file.

    Returns uint8 (height, width, 4). Raises ImageError.
    """
    if isinstance(source, np.ndarray):
        return array_to_rgba(source, name, channels_first=False)
    if isinstance(source, TensorLike):
        return array_to_rgba(tensor_to_numpy(source), name, channels_first=True)
    return np.array(_to_pillow(source, name).convert("RGBA"))


def expand_paths(
    paths: Iterable[str | Path],
    *,
    recursive: bool = False,
    left_out: Callable[[SkippedImage], None] | None = None,
) -> list[Path]:
    """Files as they are given, and for each folder the images in it, by name.

    Parameters:
        paths: files and folders.
        recursive: whether folders in the folders are read too.
        left_out: told of everything in the folders that is no image, with the reason.

    Raises ImageError for a folder that holds none.
    """
    files: list[Path] = []
    for path in map(Path, paths):
        if not path.is_dir():
            files.append(path)
            continue
        listing = _list_images(path, recursive)
        files += [path / name for name in listing.names]
        for skipped in listing.left_out if left_out else ():
            left_out(skipped)  # pyright: ignore[reportOptionalCall]
    return files


def save(path: str | Path, image: Pixels) -> None:
    """Write a grey, RGB or RGBA image whole or not at all, in the format of the name's ending.

    JPEG and BMP have no alpha: it is laid on white.

    Parameters:
        path: of the file; its ending says the format.
        image: uint8 (height, width, channels), of 1, 3 or 4 channels.

    Raises ConfigError for an unknown ending or a size the format cannot hold, WriteError as
    `files.atomic_write` does.
    """
    kind = format_of(path)
    picture = Image.fromarray(image[..., 0] if image.shape[2] == 1 else image)
    if kind in WITHOUT_ALPHA:
        picture = flatten_alpha(picture)
    packed = BytesIO()
    try:
        picture.save(packed, kind, quality=QUALITY)
    except (OSError, ValueError) as error:
        height, width = image.shape[:2]
        raise ConfigError(f"{kind} cannot hold {width}×{height} pixels. Write PNG.") from error
    write_bytes(path, packed.getvalue())


def format_of(path: str | Path) -> str:
    """The format `save` would write by the name's ending. Raises ConfigError for an unknown one."""
    kind = Image.registered_extensions().get(Path(path).suffix.lower(), "")
    if kind not in WRITABLE:
        raise ConfigError(
            f"Expected the name of a picture ({', '.join(WRITABLE)}), got {path}. Name it .png."
        )
    return kind


def resize(
    image: Shaped[np.ndarray, "height width channels"], height: int, width: int
) -> Shaped[np.ndarray, "new_height new_width channels"]:
    """Stretch or shrink an image to `height` × `width` pixels.

    It is averaged over areas where it shrinks, so that nothing flickers, and interpolated linearly
    where it grows. At its own size it is returned as it is.

    Parameters:
        image: of any type OpenCV resizes, with its channels last.
        height: of the result in pixels.
        width: of the result in pixels.
    """
    small = min(height, image.shape[0]), min(width, image.shape[1])
    for size, interpolation in ((small, cv2.INTER_AREA), ((height, width), cv2.INTER_LINEAR)):
        if size != image.shape[:2]:
            resized = cv2.resize(image, size[::-1], interpolation=interpolation)
            image = resized.reshape(*size, image.shape[2])  # OpenCV drops a single channel
    return image


def _to_pillow(source: object, name: str) -> Image.Image:
    """An image that is neither array nor tensor, as `decode` gives it."""
    if isinstance(source, Image.Image):
        return convert(source, name)
    if isinstance(source, (bytearray, memoryview)):
        return _open_file(bytes(source), name)
    if isinstance(source, (str, Path, bytes)) or hasattr(source, "read"):
        return _open_file(cast(str | Path | bytes | File, source), name)
    raise ImageError(
        "Expected one image as a path, bytes, a file, a PIL image, an array or a tensor, got "
        f"{type(source).__name__}. Convert it with numpy.asarray."
    )


def _open_file(file: str | Path | bytes | File, name: str) -> Image.Image:
    if isinstance(file, bytes):
        return decode(BytesIO(file), name)
    if isinstance(file, (str, Path)):
        _refuse_url(str(file))
        return _open(Path(file))
    return decode(file, _name_of(file, name))


def _open(path: Path) -> Image.Image:
    try:
        # reading from a pipe or a device would never end
        if path.exists() and not path.is_file():
            kind = "a folder" if path.is_dir() else "no plain file"
            raise ImageError(f"Expected a picture, got {kind}: {path}. Name the file itself.")
        with path.open("rb") as file:
            return decode(file, str(path))
    except (OSError, ValueError) as error:
        raise ImageError(
            f"Cannot read the picture {path}: {os_error_reason(error)}. Check its path."
        ) from error


def _name_of(file: File, otherwise: str) -> str:
    name = getattr(file, "name", None)
    return name if isinstance(name, str) else otherwise


def _list_images(folder: Path, recursive: bool) -> FolderListing:
    try:
        listing = list_folder(folder, "pictures", recursive=recursive)
    except DataError as error:
        raise ImageError(f"Cannot list the folder {folder}: {error}") from error
    if not listing.names:
        more = len(listing.left_out) - 1
        others = f" (and {more} more)" if more > 0 else ""
        reason = f" Left out: {listing.left_out[0].reason}{others}" if listing.left_out else ""
        raise ImageError(f"Expected pictures in {folder}, found none. Name another folder.{reason}")
    return listing


def _refuse_url(text: str) -> None:
    match = re.search(ADDRESS, text, re.IGNORECASE)
    if match:
        address = re.sub(":/(?!/)", "://", match[0], count=1)
        shown = address if len(address) < 80 else f"{address[:80]}…"
        raise ImageError(
            f"Expected a file, got the address {shown}. Download it, then give its path or bytes."
        )
