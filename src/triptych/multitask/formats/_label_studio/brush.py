"""Label Studio's brushes: runs of RGBA bytes, packed into bits (after its @thi.ng/rle-pack)."""

from typing import Any

import numpy as np
from jaxtyping import Bool
from numpy import ndarray

from ...structures.annotations import run_lengths
from ...structures.shapes import PixelMask
from .._reading.drawn import ShapeError, check_mask_size, shown

KIND = "damaged brush"
HEADER = 32 + 5 + 4 * 4  # bits: the number of bytes, the size of each, four lengths of runs
CHANNELS = 4  # bytes of a pixel
LENGTHS = (3, 4, 8, 16)  # bits of the number of bytes in a run that is written
WINDOW = 8  # bytes that hold any run's head


def brush_mask(values: Any, height: int, width: int) -> PixelMask:
    """The pixels of a brush: those whose fourth byte, the opacity, is not 0.

    Parameters:
        values: bytes as numbers, as they stand under "rle".
        height: of the image in pixels, as is `width`.
        width: of the image in pixels.

    Raises ShapeError where they are damaged, of an image of another size, or hold no pixel.
    """
    check_mask_size(height, width)
    try:
        packed = bytes(values if isinstance(values, list) else None)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError) as error:
        detail = f"expected bytes from 0 to 255 as rle, got {shown(values)}"
        raise ShapeError(KIND, detail) from error
    total = height * width * 4
    stated = int.from_bytes(packed[:4], "big")
    if stated != total:
        detail = f"it holds {stated} bytes, an image of {width} × {height} pixels has {total}"
        raise ShapeError("size of a mask", detail)
    opacity = np.frombuffer(unpack(packed, total), np.uint8)[3::4].reshape(height, width)
    mask = PixelMask.of(opacity != 0)
    if not mask.pixels.size:
        raise ShapeError("shape of no area", "its brush holds no pixel")
    return mask


def unpack(packed: bytes, total: int) -> bytearray:
    """The bytes that runs stand for.

    Parameters:
        packed: header and runs.
        total: how many bytes they must be.

    After the header comes, for each run: one bit, whether it is one byte many times; two bits,
    which of the four lengths tells how many; that many bits, the number less one; the byte, or as
    many bytes. Raises ShapeError where there are more or fewer.
    """
    head = int.from_bytes(packed[4:7].ljust(3, b"\0"), "big")
    if (head >> 19) + 1 != 8:
        raise ShapeError(KIND, f"expected runs of bytes, got {(head >> 19) + 1} bits each")
    lengths = [((head >> shift) & 15) + 1 for shift in (15, 11, 7, 3)]
    padded, end = packed + bytes(WINDOW), 8 * len(packed)
    out, position = bytearray(), HEADER
    while len(out) < total and position < end:
        start = position >> 3
        window = int.from_bytes(padded[start : start + WINDOW], "big")
        left = 8 * WINDOW - (position & 7)  # bits of the window that are not read yet
        length = lengths[(window >> (left - 3)) & 3]
        count = ((window >> (left - 3 - length)) & ((1 << length) - 1)) + 1
        if count > total - len(out):
            raise ShapeError(KIND, "its runs are longer than the image")
        position += 3 + length
        if (window >> (left - 1)) & 1:
            out += bytes([(window >> (left - 11 - length)) & 255]) * count
            position += 8
            continue
        start, stop = position >> 3, (position + 8 * count + 7) >> 3
        spare = 8 * stop - position - 8 * count
        chunk = int.from_bytes(padded[start:stop], "big") >> spare
        position += 8 * count
        if position <= end:
            out += (chunk & ((1 << (8 * count)) - 1)).to_bytes(count, "big")
    if len(out) != total or position > end:
        raise ShapeError(KIND, f"its runs end after {len(out)} of {total} bytes")
    return out


def pack_mask(mask: Bool[ndarray, "height width"]) -> list[int]:
    """The bytes of a brush that `brush_mask` reads, as numbers; each pixel is four equal bytes.

    Parameters:
        mask: True where the brush is, of the whole image.
    """
    runs = run_lengths(mask.ravel()) * CHANNELS
    bits = [f"{CHANNELS * mask.size:032b}{7:05b}"]
    bits += [f"{length - 1:04b}" for length in LENGTHS]
    value = 0
    for run in runs.tolist():
        while run:
            index = next((i for i, bit in enumerate(LENGTHS) if run <= 1 << bit), -1) % len(LENGTHS)
            part = min(run, 1 << LENGTHS[index])
            bits.append(f"1{index:02b}{part - 1:0{LENGTHS[index]}b}{value:08b}")
            run -= part
        value = 255 - value
    text = "".join(bits)
    size = -(-len(text) // 8)
    return list(int(text.ljust(8 * size, "0"), 2).to_bytes(size, "big"))
