"""IDX, the file format of MNIST: a header of type and sizes, then values; with gzip or without."""

import gzip
import math
import struct
import zlib
from io import BufferedIOBase
from pathlib import Path
from typing import Literal

import numpy as np
from jaxtyping import Num, UInt8

from ...frame.errors import DataError
from ...frame.storage.files import os_error_reason

TYPES = {8: "u1", 9: "i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}
MAX_BYTES = 2**31  # forty times MNIST; a header that claims more is a mistake or an attack
MAX_GZIP_RATIO = 1032  # bytes that one compressed byte can become at most
AXES = {"images": (3, 4), "labels": (1, 2)}  # color images; the eight columns of QMNIST

Images = Num[np.ndarray, "count ..."]
Labels = Num[np.ndarray, "any ..."]


def read_images_and_labels(images: Path, labels: Path) -> tuple[Images, Labels]:
    """The images of one file and their labels in another.

    Parameters:
        images: the file of images.
        labels: the file of their class numbers.

    Raises DataError as `read_idx` does, and where their counts differ.
    """
    pixels, numbers = read_idx(images, "images"), read_idx(labels, "labels")
    if len(pixels) != len(numbers):
        raise DataError(
            f"Expected a label for each of the {len(pixels)} images of {images}, got"
            f" {len(numbers)} in {labels}. Take both from the same set."
        )
    return pixels, numbers


def read_idx(path: Path, content: Literal["images", "labels"]) -> Num[np.ndarray, "..."]:
    """The values of a file, in the type and the shape its header states.

    Parameters:
        path: the file, compressed by gzip or not, whatever its name says.
        content: what the header must announce: images of three or four axes, labels of one or two.

    Returns values in the byte order of this machine. Raises DataError where the file is no IDX
    file of this content, is empty, is cut short, has surplus bytes or does not decompress.
    """
    try:
        with _opened(path) as file:
            dtype, shape = _header(file, path, content)
            size = math.prod(shape) * dtype.itemsize
            # a header that announces more than such a file can hold must not take the memory
            room = min(size, path.stat().st_size * MAX_GZIP_RATIO)
            values = np.empty(room, np.uint8)
            count = _read_into(file, values)
            surplus = file.read(1)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DataError(f"{path} does not unpack: {error}. Fetch it again.") from error
    except OSError as error:
        raise DataError(
            f"{path} cannot be read: {os_error_reason(error)}. Check its rights."
        ) from error
    if count < size or surplus:
        actual = "more" if surplus else count
        raise DataError(
            f"{path} is damaged: its header promises {size} bytes"
            f" ({'×'.join(map(str, shape))}), found {actual}. Fetch it again."
        )
    return values.view(dtype).reshape(shape).astype(dtype.newbyteorder("="), copy=False)


def _opened(path: Path) -> BufferedIOBase:
    """The file, decompressed if its content is gzip: browsers decompress what they download and
    keep its name."""
    with path.open("rb") as file:
        compressed = file.read(2) == b"\x1f\x8b"
    return gzip.open(path) if compressed else path.open("rb")


def _header(
    file: BufferedIOBase, path: Path, content: Literal["images", "labels"]
) -> tuple[np.dtype, tuple[int, ...]]:
    head = file.read(4)
    axes = head[3] if len(head) == 4 else 0
    if head[:2] != b"\0\0" or len(head) < 4 or head[2] not in TYPES or axes not in AXES[content]:
        expected = bytes([0, 0, 8, AXES[content][0]])
        raise DataError(
            f"Expected an IDX file of {content} (first bytes {expected.hex()}), got"
            f" {head.hex() or 'an empty file'} in {path}. Check which file it is."
        )
    sizes = file.read(4 * axes)
    if len(sizes) < 4 * axes:
        raise DataError(f"{path} is damaged: it ends within its header. Fetch it again.")
    dtype, shape = np.dtype(TYPES[head[2]]), struct.unpack(f">{axes}I", sizes)
    if not 0 < math.prod(shape) * dtype.itemsize <= MAX_BYTES:
        raise DataError(
            f"Expected 1 to {MAX_BYTES} bytes of {content}, got {'×'.join(map(str, shape))} in the"
            f" header of {path}. Check which file it is."
        )
    return dtype, shape


def _read_into(file: BufferedIOBase, values: UInt8[np.ndarray, " room"]) -> int:
    """Fill `values` from a file; returns how many bytes it had. A compressed file gives them in
    parts."""
    done = 0
    while count := file.readinto(values[done:].data):
        done += count
    return done
