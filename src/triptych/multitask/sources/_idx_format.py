"""IDX, the file format of MNIST: a header of sizes, then unsigned bytes; with gzip or without."""

import gzip
import math
import struct
import zlib
from io import BufferedIOBase
from pathlib import Path
from typing import Literal

import numpy as np
from jaxtyping import UInt8

from ...frame.errors import DataError
from ...frame.storage.files import os_error_reason
from ..data.source import SourceSplit

UNSIGNED_BYTE = 8  # code of the only type that MNIST and its relatives use
MAX_BYTES = 2**31  # forty times MNIST; a header that claims more is a mistake or an attack
MAX_GZIP_RATIO = 1032  # bytes that one compressed byte can become at most
PREFIXES = {"train": ("train",), "test": ("t10k", "test")}
AXES = {"images": 3, "labels": 1}

Images = UInt8[np.ndarray, "count height width"]
Labels = UInt8[np.ndarray, " count"]


def find_idx_file(folder: Path, split: SourceSplit, content: Literal["images", "labels"]) -> Path:
    """The file of a split by its usual names, such as `t10k-labels-idx1-ubyte.gz`.

    Parameters:
        folder: where it is.
        split: test files begin with "t10k" or "test".
        content: of the file.

    Raises DataError where the folder or the file is missing.
    """
    if not folder.is_dir():
        raise DataError(f"Expected a folder of IDX files, found none at {folder}. Check the path.")
    ends = [f"{join}idx{AXES[content]}-ubyte{packing}" for packing in ("", ".gz") for join in "-."]
    names = [f"{prefix}-{content}{end}" for prefix in PREFIXES[split] for end in ends]
    path = next((folder / name for name in names if (folder / name).is_file()), None)
    if path is None:
        raise DataError(f"Expected {names[0]} (or .gz) in {folder}, found none. Put it there.")
    return path


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


def read_idx(path: Path, content: Literal["images", "labels"]) -> UInt8[np.ndarray, "..."]:
    """The values of a file, in the shape its header states.

    Parameters:
        path: the file, compressed by gzip or not, whatever its name says.
        content: what the header must announce: images of three axes or labels of one.

    Raises DataError where the file is no IDX file of this content, is empty, is cut short, has
    surplus bytes or does not decompress.
    """
    try:
        with _opened(path) as file:
            shape = _shape(file, path, content)
            # a header that announces more than such a file can hold must not take the memory
            room = min(math.prod(shape), path.stat().st_size * MAX_GZIP_RATIO)
            values = np.empty(room, np.uint8)
            count = _read_into(file, values)
            surplus = file.read(1)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DataError(f"{path} does not unpack: {error}. Fetch it again.") from error
    except OSError as error:
        raise DataError(
            f"{path} cannot be read: {os_error_reason(error)}. Check its rights."
        ) from error
    if count < math.prod(shape) or surplus:
        actual = "more" if surplus else count
        raise DataError(
            f"{path} is damaged: its header promises {math.prod(shape)} bytes"
            f" ({'×'.join(map(str, shape))}), found {actual}. Fetch it again."
        )
    return values.reshape(shape)


def _opened(path: Path) -> BufferedIOBase:
    """The file, decompressed if its content is gzip: browsers decompress what they download and
    keep its name."""
    with path.open("rb") as file:
        compressed = file.read(2) == b"\x1f\x8b"
    return gzip.open(path) if compressed else path.open("rb")


def _shape(
    file: BufferedIOBase, path: Path, content: Literal["images", "labels"]
) -> tuple[int, ...]:
    axes = AXES[content]
    head = file.read(4 + 4 * axes)
    expected = bytes([0, 0, UNSIGNED_BYTE, axes])
    if head[:4] != expected:
        raise DataError(
            f"Expected an IDX file of {content} (first bytes {expected.hex()}), got"
            f" {head[:4].hex() or 'an empty file'} in {path}. Check which file it is."
        )
    if len(head) < 4 + 4 * axes:
        raise DataError(f"{path} is damaged: it ends within its header. Fetch it again.")
    shape = struct.unpack(f">{axes}I", head[4:])
    if not 0 < math.prod(shape) <= MAX_BYTES:
        raise DataError(
            f"Expected 1 to {MAX_BYTES} bytes of {content}, got {'×'.join(map(str, shape))} in the"
            f" header of {path}. Check which file it is."
        )
    return shape


def _read_into(file: BufferedIOBase, values: UInt8[np.ndarray, " room"]) -> int:
    """Fill `values` from a file; returns how many bytes it had. A compressed file gives them in
    parts."""
    done = 0
    while count := file.readinto(values[done:].data):
        done += count
    return done
