"""Images as a whole: grey or RGB, fitted into the canvas that a network sees."""

import numpy as np
from jaxtyping import UInt8
from numpy import ndarray

from ...frame.storage.letterbox import Letterbox, letterbox

Pixels = UInt8[ndarray, "_ _ _"]
"""An image (height, width, channels), 0 … 255."""

GREY = (0.299, 0.587, 0.114)  # of red, green and blue: ITU-R BT.601


def fit_whole(
    pixels: Pixels, height: int, width: int, original: tuple[int, int] | None = None
) -> tuple[Pixels, Letterbox]:
    """An image scaled into a canvas, its aspect kept, padded in the color of its border.

    Parameters:
        pixels: of any size.
        height: of the canvas in pixels, as is `width`.
        original: height and width of the image, where its pixels are of a smaller one.

    Returns the canvas and where the image lies in it.
    """
    fill = tuple(int(value) for value in border_color(pixels))
    return letterbox(pixels, height, width, fill=fill, original=original)


def convert_channels(pixels: Pixels, channels: int) -> Pixels:
    """An image as grey or RGB.

    Parameters:
        pixels: of 1 channel, or RGB of 3 (or more, of which the first three count).
        channels: 1 for grey by ITU-R BT.601, 3 for RGB.
    """
    if pixels.shape[2] == channels:
        return pixels
    if channels == 1:
        grey = pixels[..., :3] @ np.array(GREY)
        return np.rint(grey).astype(np.uint8)[..., None]
    return pixels.repeat(3, 2) if pixels.shape[2] == 1 else pixels[..., :3]


def border_color(pixels: Pixels) -> UInt8[ndarray, " channels"]:
    """The median of the outermost pixels: the likeliest color of what lies beyond them."""
    edges = [pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]]
    return np.median(np.concatenate(edges), axis=0).astype(np.uint8)
