"""Arrays and tensors of any layout as RGB images, uint8 (height, width, 3)."""

from typing import Any, Protocol, runtime_checkable

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from ..errors import ImageError
from .decoding.decode import Ground, flatten_alpha

CHANNELS = (1, 3, 4)  # grey, RGB, RGBA
OVERSHOOT = 0.5  # beyond 0 … 1: resampled floats are clipped, other ranges are refused


@runtime_checkable
class TensorLike(Protocol):
    """A torch tensor, for a module that does not import torch."""

    def detach(self) -> Any:
        """The tensor without its gradient."""
        ...

    def is_floating_point(self) -> bool:
        """Whether its values are fractions."""
        ...


def tensor_to_numpy(tensor: TensorLike) -> np.ndarray:
    """A torch tensor's values; those NumPy has no type for, as float32."""
    values = tensor.detach().cpu()
    return (values.float() if values.is_floating_point() else values).numpy()  # NumPy has no bf16


def array_to_rgb(
    values: np.ndarray, name: str, *, channels_first: bool, ground: Ground = "white"
) -> UInt8[np.ndarray, "height width 3"]:
    """An array as an RGB image; one that is so already comes back as it is.

    Parameters:
        values: H×W, or H×W×C or C×H×W of 1, 3 (RGB) or 4 (RGBA) channels; uint8, or floats 0 … 1.
        name: what an error calls it.
        channels_first: how to read an array where both ends could be channels.
        ground: what alpha is laid on, as `flatten_alpha` says.

    Raises ImageError for other shapes, types and ranges.
    """
    values = _to_uint8(values, name, channels_first)
    if values.shape[2] == 1:
        values = values.repeat(3, 2)
    elif values.shape[2] == 4:
        values = np.array(flatten_alpha(Image.fromarray(np.ascontiguousarray(values)), ground))
    return np.require(values, requirements=["C", "W"])


def array_to_rgba(
    values: np.ndarray, name: str, *, channels_first: bool
) -> UInt8[np.ndarray, "height width 4"]:
    """An array as an RGBA image, opaque where it has no alpha.

    Parameters:
        values: as `array_to_rgb` takes it.
        name: what an error calls it.
        channels_first: how to read an array where both ends could be channels.

    Raises ImageError for other shapes, types and ranges.
    """
    values = _to_uint8(values, name, channels_first)
    if values.shape[2] == 4:
        return np.ascontiguousarray(values)
    opaque = np.full((*values.shape[:2], 1), 255, np.uint8)
    return np.concatenate([np.broadcast_to(values, (*values.shape[:2], 3)), opaque], 2)


def _to_uint8(values: np.ndarray, name: str, channels_first: bool) -> np.ndarray:
    values = _channels_last(values, name, channels_first)
    if values.dtype != np.uint8:
        return _floats_to_uint8(values, name)
    if values.max() == 1:  # a mask, or floats cast too early: nothing could be seen in it
        raise ImageError(
            f"Expected {name} as uint8 0 … 255, got 0 … 1. Multiply it by 255, or pass floats."
        )
    return values


def _channels_last(values: np.ndarray, name: str, channels_first: bool) -> np.ndarray:
    shape = values.shape
    if values.ndim == 2:
        values = values[..., None]
    first, last = (values.ndim == 3 and values.shape[axis] in CHANNELS for axis in (0, -1))
    if first and values.ndim == len(shape) and (channels_first or not last):
        values = values.transpose(1, 2, 0)
    elif not last:
        batch = " Give one image at a time." if values.ndim == 4 else ""
        raise ImageError(
            f"Expected {name} as H×W, H×W×C or C×H×W with 1, 3 or 4 channels, got "
            f"{'×'.join(map(str, shape)) or 'a single number'}.{batch}"
        )
    if not values.size:
        raise ImageError(f"Expected {name} with pixels, got {'×'.join(map(str, shape))}.")
    return values


def _floats_to_uint8(values: np.ndarray, name: str) -> np.ndarray:
    if values.dtype.kind != "f":
        deep = values.dtype.kind in "iu" and values.max() > 255
        scaled = "(image / 257)" if deep else "(image * 255)" if values.dtype == bool else "image"
        raise ImageError(
            f"Expected {name} as uint8 0 … 255 or floats 0 … 1, got {values.dtype}. Convert it: "
            f"{scaled}.astype('uint8')."
        )
    low, high = float(values.min()), float(values.max())
    if not (low >= -OVERSHOOT and high <= 1 + OVERSHOOT):
        mend = "Pass uint8, or divide by 255."
        if not (low >= 0 and high <= 255):
            mend = "Undo its normalization, or pass uint8."
        raise ImageError(f"Expected {name} as floats 0 … 1, got {low:.4g} … {high:.4g}. {mend}")
    return np.rint(values.clip(0, 1) * 255).astype(np.uint8)
