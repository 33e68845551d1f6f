"""The one door for untrusted pixels: any file to RGB; and resize, letterbox, save."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from jaxtyping import Bool, Float, Float32, Integer, Shaped, UInt8
from PIL import Image

from ..errors import ConfigError, ImageError
from .decode import FORMATS, File, decode, flatten_alpha
from .files import os_error_reason, write_bytes

WRITABLE = ("PNG", "JPEG", "WEBP", "TIFF", "BMP")
MODES = {1: "L", 3: "RGB", 4: "RGBA"}
QUALITY = 95  # of JPEG and WebP: no difference to be seen

Pixels = UInt8[np.ndarray, "height width channels"]
Boxes = Float[np.ndarray, "*batch 4"]
Circles = Float[np.ndarray, "*batch 3"]


def read(
    file: str | Path | bytes | File,
    *,
    channels: Literal[1, 3, 4] = 3,
    name: str = "the picture",
) -> Pixels:
    """A picture's pixels, upright: grey (ITU-R 601), RGB or RGBA, in sRGB.

    Alpha is laid on white unless four channels are asked for. Of an animation the first picture.
    Deep grey is scaled to 0 … 255, not clipped. `name` is what a message calls bytes.

    Raises ImageError for what is no picture, damaged, cut short, above `decoding.MAX_PIXELS`,
    missing or not to be read.
    """
    if isinstance(file, bytes):
        image = decode(BytesIO(file), name)
    elif isinstance(file, (str, Path)):
        image = _open(Path(file))
    else:
        image = decode(file, _name_of(file, name))
    image = image if channels == 4 else flatten_alpha(image)
    pixels = np.array(image.convert(MODES[channels]))
    return pixels.reshape(*pixels.shape[:2], channels)


def expand_paths(paths: Iterable[str | Path]) -> list[Path]:
    """Files as they are given, and for each folder the pictures in it, by name.

    Raises ImageError for a folder that holds none."""
    found = []
    for path in map(Path, paths):
        found += _images_in(path) if path.is_dir() else [path]
    return found


def save(path: str | Path, image: Pixels) -> None:
    """Write a grey, RGB or RGBA picture whole or not at all, in the format of the name's ending.

    JPEG and BMP have no alpha: it is laid on white. Raises ConfigError for an unknown ending or a
    size the format cannot hold, WriteError as `files.written` does."""
    kind = format_of(path)
    picture = Image.fromarray(image[..., 0] if image.shape[2] == 1 else image)
    if kind in ("JPEG", "BMP"):
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
    kind = _pillow_format(Path(path))
    if kind not in WRITABLE:
        raise ConfigError(
            f"Expected the name of a picture ({', '.join(WRITABLE)}), got {path}. Name it .png."
        )
    return kind


def resize(
    image: Shaped[np.ndarray, "height width channels"], height: int, width: int
) -> Shaped[np.ndarray, "new_height new_width channels"]:
    """The picture stretched or shrunk: averaged over areas where it shrinks, so nothing flickers,
    and interpolated where it grows. At its own size its pixels are untouched."""
    small = min(height, image.shape[0]), min(width, image.shape[1])
    for size, way in ((small, cv2.INTER_AREA), ((height, width), cv2.INTER_LINEAR)):
        if size != image.shape[:2]:
            resized = cv2.resize(image, size[::-1], interpolation=way)
            image = resized.reshape(*size, image.shape[2])  # OpenCV drops a single channel
    return image


@dataclass(frozen=True)
class Letterbox:
    """Where a letterboxed picture lies in its canvas, and so the way back to its own pixels.

    The original is `width` × `height` pixels; in the canvas it is `scale` times that, rounded to
    whole pixels but at least one, and begins at `left`, `top`.
    """

    scale: float
    left: float
    top: float
    width: int
    height: int

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the picture in the canvas."""
        return max(1, round(self.height * self.scale)), max(1, round(self.width * self.scale))

    def box_to_original(self, boxes: Boxes) -> Boxes:
        """Boxes (left, top, right, bottom) in canvas pixels, in pixels of the original."""
        return (boxes - np.tile(self._corner, 2)) / np.tile(self._stretch, 2)

    def circle_to_original(self, circles: Circles) -> Circles:
        """Circles (x, y, radius) in canvas pixels, in pixels of the original."""
        centres = (circles[..., :2] - self._corner) / self._stretch
        return np.concatenate([centres, circles[..., 2:] / self.scale], -1)

    def classes_to_original(
        self, classes: Integer[np.ndarray, "height width"]
    ) -> Integer[np.ndarray, "original_height original_width"]:
        """A class number per canvas pixel, per pixel of the original: that of the nearest."""
        inside = self._inside(classes)
        rows, columns = (
            ((np.arange(full) + 0.5) * part / full).astype(int)
            for full, part in zip((self.height, self.width), inside.shape)
        )
        return inside[rows[:, None], columns]

    def mask_to_original(
        self, probability: Float[np.ndarray, "height width"], threshold: float = 0.5
    ) -> Bool[np.ndarray, "original_height original_width"]:
        """Where the probability, interpolated between canvas pixels, is above the threshold."""
        inside = self._inside(probability).astype(np.float32)[..., None]
        return resize(inside, self.height, self.width)[..., 0] > threshold

    def _inside(self, canvas: Shaped[np.ndarray, "height width ..."]) -> np.ndarray:
        height, width = self.size
        top, left = int(self.top), int(self.left)
        return canvas[top : top + height, left : left + width]

    @property
    def _corner(self) -> Float32[np.ndarray, "2"]:
        return np.array([self.left, self.top], np.float32)

    @property
    def _stretch(self) -> Float32[np.ndarray, "2"]:
        """Canvas pixels per original pixel, x and y: not quite equal, for sizes are rounded."""
        height, width = self.size
        return np.array([width / self.width, height / self.height], np.float32)


def letterbox(
    image: Pixels, height: int, width: int, *, fill: int | tuple[int, ...]
) -> tuple[UInt8[np.ndarray, "canvas_height canvas_width channels"], Letterbox]:
    """The picture as large as `height` × `width` allows, its aspect kept, in the middle of a
    canvas of that size; `fill` is the grey or the colour around it."""
    scale = min(height / image.shape[0], width / image.shape[1])
    whole = Letterbox(scale, 0, 0, image.shape[1], image.shape[0])
    rows, columns = whole.size
    placement = replace(whole, left=(width - columns) // 2, top=(height - rows) // 2)
    canvas = np.full((height, width, image.shape[2]), fill, np.uint8)
    placement._inside(canvas)[:] = resize(image, rows, columns)
    return canvas, placement


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


def _pillow_format(path: Path) -> str:
    """What Pillow calls the format a name's ending stands for; empty if it knows none."""
    return Image.registered_extensions().get(path.suffix.lower(), "")


def _images_in(folder: Path) -> list[Path]:
    try:
        files = sorted(path for path in folder.iterdir() if _pillow_format(path) in FORMATS)
    except OSError as error:
        raise ImageError(f"Cannot list the folder {folder}: {os_error_reason(error)}.") from error
    found = [path for path in files if path.is_file() and not path.name.startswith(".")]
    if not found:
        raise ImageError(f"Expected pictures in {folder}, found none. Name another folder.")
    return found
