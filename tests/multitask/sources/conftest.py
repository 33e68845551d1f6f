"""Tiny sets in each layout."""

import gzip
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

CODES = {"u1": 8, "i1": 9, "i2": 11, "i4": 12, "f4": 13, "f8": 14}


def _idx(values: np.ndarray) -> bytes:
    code = CODES[values.dtype.str[1:]]
    head = struct.pack(f">4B{values.ndim}I", 0, 0, code, values.ndim, *values.shape)
    return head + values.astype(values.dtype.newbyteorder(">")).tobytes()


def _put(path: Path, values: np.ndarray) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    content = _idx(values)
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


@pytest.fixture(scope="session")
def put_idx() -> Callable[[Path, np.ndarray], Path]:
    """Writes an array as an IDX file, packed where its name ends in .gz."""
    return _put


@pytest.fixture(scope="session")
def digits() -> Callable[..., np.ndarray]:
    """Draws images of a bright upright stroke on black, wider at its foot: (count, side, side)."""

    def draw(count: int, side: int = 12, seed: int = 0) -> np.ndarray:
        images = np.zeros((count, side, side), np.uint8)
        images[:, 2:-2, side // 2] = 255
        images[:, -3, side // 2 - 2 : side // 2 + 3] = 200
        noise = np.random.default_rng(seed).integers(0, 30, images.shape, dtype=np.uint8)
        return np.maximum(images, noise)

    return draw
