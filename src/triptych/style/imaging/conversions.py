"""RGB arrays as tensors, and tensors as RGB arrays."""

import numpy as np
import torch
from jaxtyping import UInt8

from ...frame.errors import ConfigError
from ..networks._extractor import Image

Pixels = UInt8[np.ndarray, "height width 3"]


def to_tensor(pixels: Pixels) -> Image:
    """Pixels 0 … 255 as a picture 0 … 1."""
    if pixels.ndim != 3 or pixels.shape[2] != 3:
        raise ConfigError(f"Expected RGB pixels, got an array of {pixels.shape}. Read it as RGB.")
    return torch.from_numpy(pixels / np.float32(255)).permute(2, 0, 1)[None].contiguous()


def to_uint8(picture: Image) -> Pixels:
    """A picture as pixels 0 … 255, clipped to that range."""
    return (picture[0].permute(1, 2, 0).clamp(0, 1) * 255).round().byte().cpu().numpy()
