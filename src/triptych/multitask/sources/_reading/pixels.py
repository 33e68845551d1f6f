"""Stored arrays of images to grey of eight bits: axes, range of values, color, polarity."""

import math
from collections.abc import Iterator, Mapping
from pathlib import Path

import cv2
import numpy as np
import torch
from jaxtyping import Num, Shaped, UInt8

from ....frame.errors import DataError
from ...data.otsu import otsu_mask
from .ink import Ink
from .notices import notify

CHANNELS = (1, 3)
CHUNK = 4096  # images scaled at a time
DARKEST = 64  # numbers wider than a byte that stay below it are in another range than 0 … 255
SAMPLE = 1000  # images whose ink is measured
SMALLEST = 8  # pixels a side; of smaller ones ink and ground cannot be told apart
GROUND_SHARE = 0.55  # of the pixels, at least; of 16×16 digits that touch their frame 0.61 is
FRAME_SHARE = 0.6  # of the outermost pixels, at least

GreyImages = UInt8[np.ndarray, "_ height width"]


def grey_images(
    arrays: Mapping[str, Shaped[np.ndarray, "..."]], origin: Path
) -> dict[str, GreyImages]:
    """Images of all parts as grey of eight bits, scaled alike.

    Parameters:
        arrays: the stored images of each part, in a form that `LabelledImages` allows.
        origin: what errors and notices call the set.

    Raises DataError for another shape, parts of different sizes, or values that are not numbers.
    """
    images = {split: _arranged(array, origin) for split, array in arrays.items()}
    train = images["train"].shape[1:3]
    for split, array in images.items():
        if array.shape[1:3] != train:
            raise DataError(
                f"Expected {split} images of {_size(train)} pixels as in training, got"
                f" {_size(array.shape[1:3])} in {origin}. Take both from the same set."
            )
    low, high = _value_range(list(images.values()), origin)
    if any(array.ndim == 4 for array in images.values()):
        notify(f"The color images of {origin} are read as grey.")
    return {split: _grey(_scaled(array, low, high)) for split, array in images.items()}


def light_ink(
    images: dict[str, GreyImages], ink: Ink | None, origin: Path
) -> dict[str, GreyImages]:
    """Images with light ink on dark: inverted where their ink is dark.

    Parameters:
        images: of each part.
        ink: what their ink is; None where the training images are to tell.
        origin: what the notice calls the set.
    """
    if ink is None and is_dark_on_light(images["train"]):
        ink = "dark"
        notify(
            f"The images of {origin} show dark ink on light: they are inverted. If they are to stay"
            " as they are, write ,ink=light after the source."
        )
    return {split: 255 - part for split, part in images.items()} if ink == "dark" else images


def is_dark_on_light(images: GreyImages) -> bool:
    """Whether most of the area, and most of the frame, is the lighter side of Otsu's threshold.

    Parameters:
        images: a thousand of them, evenly spaced, are measured; those of one level, or of less than
            8 pixels a side, do not count.
    """
    step = math.ceil(len(images) / SAMPLE)
    sample = torch.from_numpy(np.ascontiguousarray(images[::step]))
    varied = sample.flatten(1)
    sample = sample[varied.amax(1) > varied.amin(1)]
    if not len(sample) or min(images.shape[1:]) < SMALLEST:
        return False
    light = otsu_mask(sample).double()
    frame = torch.ones(light.shape[1:], dtype=torch.bool)
    frame[1:-1, 1:-1] = False
    return bool(light.mean() > GROUND_SHARE and light[:, frame].mean() > FRAME_SHARE)


def _arranged(array: Shaped[np.ndarray, "count ..."], origin: Path) -> Num[np.ndarray, "count ..."]:
    """An array as (N, H, W), or (N, H, W, 3) of color."""
    if array.dtype.kind not in "buif":
        raise DataError(f"Expected images of numbers, got {array.dtype} in {origin}. Convert them.")
    if array.dtype.kind == "b":
        array = array.astype(np.uint8)
    shape = array.shape
    if array.ndim == 4 and shape[3] not in CHANNELS and shape[1] in CHANNELS:
        array = np.moveaxis(array, 1, 3)
    elif array.ndim == 2 and math.isqrt(shape[1]) ** 2 == shape[1]:
        array = array.reshape(len(array), math.isqrt(shape[1]), -1)
    if array.ndim == 4 and array.shape[3] == 1:
        array = array[..., 0]
    if not array.size or not (array.ndim == 3 or (array.ndim == 4 and array.shape[3] == 3)):
        raise DataError(
            f"Expected images of shape N×H×W, N×H×W×1 or N×H×W×3, got {_size(shape)} in {origin}."
            " Rearrange them."
        )
    return array


def _value_range(arrays: list[Num[np.ndarray, "..."]], origin: Path) -> tuple[float, float]:
    """The values that become black and white: the usual range that holds all, else their own."""
    low = min(float(array.min()) for array in arrays)
    high = max(float(array.max()) for array in arrays)
    if not math.isfinite(low) or not math.isfinite(high):
        raise DataError(
            f"Expected finite pixels, got NaN or infinity in {origin}. Replace them first."
        )
    kinds = {array.dtype for array in arrays}
    if kinds == {np.dtype(np.uint8)} and (low, high) != (0, 1):
        return 0.0, 255.0
    if low >= 0 and high <= 1:
        return 0.0, 1.0
    if low >= -1 and high <= 1:
        return -1.0, 1.0
    if low >= 0 and DARKEST <= high <= 255:
        return 0.0, 127.0 if kinds == {np.dtype(np.int8)} else 255.0  # all that eight signed hold
    low = min(low, 0.0) if low < DARKEST else low
    notify(f"The values {low:g} … {high:g} of the images in {origin} are scaled to 0 … 255.")
    return low, max(high, low + 1)


def _scaled(
    array: Num[np.ndarray, "count ..."], low: float, high: float
) -> UInt8[np.ndarray, "count ..."]:
    if array.dtype == np.uint8 and (low, high) == (0, 255):
        return np.ascontiguousarray(array)
    scaled = np.empty(array.shape, np.uint8)
    for part in _chunks(len(array)):
        values = (array[part].astype(np.float64) - low) * (255 / (high - low))
        scaled[part] = np.rint(values).clip(0, 255)
    return scaled


def _grey(images: UInt8[np.ndarray, "count ..."]) -> GreyImages:
    if images.ndim == 3:
        return images
    grey = np.empty(images.shape[:3], np.uint8)
    for part in _chunks(len(images)):
        rows = images[part].reshape(-1, images.shape[2], 3)
        grey[part] = cv2.cvtColor(rows, cv2.COLOR_RGB2GRAY).reshape(-1, *images.shape[1:3])
    return grey


def _chunks(count: int) -> Iterator[slice]:
    return (slice(start, start + CHUNK) for start in range(0, count, CHUNK))


def _size(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape))
