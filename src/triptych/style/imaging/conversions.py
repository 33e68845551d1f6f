"""Images of any kind as lists, RGB arrays as tensors, and tensors as RGB arrays."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch
from jaxtyping import UInt8
from PIL import Image as PILImage

from ...frame.errors import ConfigError
from ...frame.storage.images import ImageLike, TensorLike
from ..networks._extractor import Image

Pixels = UInt8[np.ndarray, "height width 3"]
SINGLE = (str, Path, bytes, bytearray, memoryview, PILImage.Image, np.ndarray, TensorLike)


def to_tensor(pixels: Pixels) -> Image:
    """RGB pixels 0 … 255, (height, width, 3), as an image 0 … 1, (1, 3, height, width).

    Raises ConfigError for an array of another shape.
    """
    if pixels.ndim != 3 or pixels.shape[2] != 3:
        raise ConfigError(f"Expected RGB pixels, got an array of {pixels.shape}. Read it as RGB.")
    return torch.from_numpy(pixels / np.float32(255)).permute(2, 0, 1)[None].contiguous()


def to_uint8(image: Image) -> Pixels:
    """An image 0 … 1 as RGB pixels 0 … 255, clipped to that range."""
    return (image[0].permute(1, 2, 0).clamp(0, 1) * 255).round().byte().cpu().numpy()


def as_list(images: ImageLike | Iterable[ImageLike]) -> list[ImageLike]:
    """One image as a list of one, several as a list; arrays and tensors are one image each."""
    if isinstance(images, SINGLE) or hasattr(images, "read"):
        return [images]  # pyright: ignore
    return list(images)  # pyright: ignore
