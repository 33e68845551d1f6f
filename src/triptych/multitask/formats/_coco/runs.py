"""COCO's run lengths: pixels column by column, off and on in turn, the first run off."""

from typing import Any

import numpy as np
from jaxtyping import Bool, Int
from numpy import ndarray

from ....frame.storage.decoding.decode import MAX_PIXELS
from ...structures.annotations import run_lengths
from ...structures.shapes import PixelMask

FIRST = 48  # the code of the character that stands for 0
LONGEST = 7  # characters of one number: 35 bits


def read_runs(segmentation: dict[str, Any]) -> PixelMask:
    """The pixels of a "segmentation" with "size" and "counts".

    Parameters:
        segmentation: as it stood in the file; counts are a list of whole numbers, or text.

    Raises ValueError, in words, for what is none.
    """
    height, width = _size(segmentation.get("size"))
    counts = segmentation.get("counts")
    if isinstance(counts, str):
        runs = decode_counts(counts)
    elif isinstance(counts, list) and all(type(count) is int for count in counts):
        runs = counts
    else:
        raise ValueError("the counts of run lengths must be whole numbers or text")
    if min(runs, default=0) < 0 or sum(runs) != height * width:
        total = sum(runs)
        got = "a negative one" if min(runs, default=0) < 0 else f"{total:,}"[:40]
        raise ValueError(
            f"the run lengths must add up to {height} × {width} = {height * width} pixels, got "
            f"{got}"
        )
    return _pixels(np.array(runs, np.int64), height)


def decode_counts(text: str) -> list[int]:
    """The run lengths in compressed text: 5 bits a character, lowest first, the sixth says that
    more follow; from the fourth number on, the difference to the one before the last.

    Parameters:
        text: as pycocotools writes it.

    Raises ValueError for what is none.

    >>> decode_counts("34=")
    [3, 4, 13]
    """
    codes = np.frombuffer(text.encode("utf8"), np.uint8).astype(np.int64) - FIRST
    if not len(codes):
        return []
    last = (codes & 32) == 0
    if codes.min() < 0 or codes.max() > 63 or not last[-1]:
        raise ValueError("the text of run lengths is damaged")
    ends = np.flatnonzero(last)
    starts = np.concatenate([[0], ends[:-1] + 1])
    if (ends - starts).max() >= LONGEST:
        raise ValueError("a run length is too large")
    place = np.arange(len(codes)) - np.repeat(starts, ends - starts + 1)
    numbers = np.add.reduceat((codes & 31) << (5 * place), starts)
    negative = (codes[ends] & 16) != 0
    numbers -= negative.astype(np.int64) << (5 * (ends - starts + 1))
    numbers[1::2] = numbers[1::2].cumsum()
    numbers[2::2] = numbers[2::2].cumsum()
    return numbers.tolist()


def encode_mask(mask: Bool[ndarray, "height width"]) -> str:
    """The compressed text of a mask, as pycocotools writes it.

    Parameters:
        mask: True where the thing is, of the whole image.
    """
    runs = run_lengths(mask.ravel(order="F")).tolist()
    characters: list[int] = []
    for index, run in enumerate(runs):
        number = run - runs[index - 2] if index > 2 else run
        more = True
        while more:
            bits = number & 31
            number >>= 5
            more = number != (-1 if bits & 16 else 0)
            characters.append(bits + (32 if more else 0) + FIRST)
    return bytes(characters).decode("ascii")


def _size(size: Any) -> tuple[int, int]:
    if not (isinstance(size, list) and len(size) == 2 and all(type(side) is int for side in size)):
        raise ValueError('run lengths need a "size" of two whole numbers, height and width')
    height, width = size
    if min(size) < 1 or height * width > MAX_PIXELS:
        raise ValueError(f"the size of run lengths must be 1 … {MAX_PIXELS} pixels")
    return height, width


def _pixels(runs: Int[ndarray, " runs"], height: int) -> PixelMask:
    """Only the columns that hold pixels are laid out."""
    ends = runs.cumsum()
    on = np.flatnonzero(runs[1::2]) * 2 + 1  # numbers of the runs that are on
    if not len(on):
        return PixelMask(0, 0, np.zeros((0, 0), bool))
    left = int(ends[on[0] - 1]) // height
    right = (int(ends[on[-1]]) - 1) // height + 1
    borders = np.clip(ends, left * height, right * height) - left * height
    lengths = np.diff(np.concatenate([[0], borders]))
    flat = np.repeat(np.arange(len(runs)) % 2 == 1, lengths)
    flat = np.concatenate([flat, np.zeros((right - left) * height - len(flat), bool)])
    mask = PixelMask.of(flat.reshape(right - left, height).T)
    return PixelMask(mask.left + left, mask.top, mask.pixels)
