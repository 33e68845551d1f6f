"""The weights in files that dlib serialised, read without dlib; nothing is executed.

dlib writes an integer as a byte, whose low four bits say how many bytes follow and whose highest
bit says that it is negative, and then those bytes, lowest first; a real number as two integers, a
mantissa and the exponent of two; a text as the number of its bytes and these. A tensor is the
integer 2, its four sides, and its values as float32, lowest byte first. A layer of a network is a
text that names its kind, and its integers and tensors behind it, in the order in which an image
passes through them (dlib/serialize.h, dlib/float_details.h and dlib/cuda/tensor.h). A shape
predictor is integers and real numbers throughout (dlib/image_processing/shape_predictor.h).
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int64

from ...detection.shape_predictor import ShapePredictor

CONVOLUTION, AFFINE, MATRIX = "con_4", "affine_", "fc_2"
KINDS = {CONVOLUTION: 0, AFFINE: 0, MATRIX: 2}
"""Layers with parameters, and how many integers stand before them."""

# a text is preceded by its length, an integer of one byte
NAME = re.compile(b"|".join(rb"(?<=\x01%c)%s" % (len(kind), kind.encode()) for kind in KINDS))
TENSOR_VERSION = 2
PREDICTOR_VERSION = 1
MAX_INT_BYTES = 8
FLOAT_BYTES = 4
SPLIT = 4  # integers of a node: two places, and a threshold of two
HEAD = 2  # integers before a matrix: its sides, negative


@dataclass(frozen=True, eq=False)
class DlibLayer:
    """The parameters of a layer, one behind the other.

    Parameters:
        kind: one of `KINDS`.
        values: float32, weights first and then biases, if there are any.
    """

    kind: str
    values: Float32[np.ndarray, " count"]


def read_layers(content: bytes) -> Iterator[DlibLayer]:
    """The layers of a network that have parameters, first to last.

    Parameters:
        content: of the file.

    Raises ValueError for a layer that is cut off, or is no such layer.
    """
    position = 0
    while found := NAME.search(content, position):
        kind, position = found[0].decode(), found.end()
        for _ in range(KINDS[kind]):
            _, position = read_int(content, position)
        values, position = _read_tensor(content, position)
        yield DlibLayer(kind, values)


def read_shape_predictor(content: bytes) -> ShapePredictor:
    """A shape predictor whose trees are all of one depth.

    Parameters:
        content: of the file.

    Raises ValueError for a file that is cut off, or is no such predictor.
    """
    numbers = _Numbers(read_ints(content))
    if numbers.take() != PREDICTOR_VERSION:
        raise ValueError("no shape predictor of a known version")
    size = -numbers.take()
    numbers.take()
    initial = numbers.reals(size).reshape(-1, 2)
    stages = numbers.take()
    trees, nodes = numbers.values[numbers.position : numbers.position + 2].tolist()
    forest = numbers.rows(stages, trees, 2 + nodes * SPLIT + (nodes + 1) * (HEAD + 2 * size))
    splits = forest[..., 1 : 1 + nodes * SPLIT].reshape(stages, trees, nodes, SPLIT)
    leaves = forest[..., 2 + nodes * SPLIT :].reshape(stages, trees, nodes + 1, HEAD + 2 * size)
    numbers.take()
    places = int(numbers.values[numbers.position])
    anchors = numbers.rows(stages, places, 1)[..., 0]
    numbers.take()
    offsets = numbers.rows(stages, places, 4).reshape(stages, places, 2, 2)
    return ShapePredictor(
        initial_shape=initial,
        anchors=anchors,
        offsets=_reals(offsets),
        compared=splits[..., :2],
        thresholds=_reals(splits[..., 2:]),
        moves=_reals(leaves[..., HEAD:].reshape(stages, trees, nodes + 1, size // 2, 2, 2)),
    )


def read_int(content: bytes, position: int) -> tuple[int, int]:
    """An integer, and the position behind it.

    Parameters:
        content: of the file.
        position: of the integer's first byte.

    Raises ValueError where there is none.

    >>> read_int(bytes([2, 0x80, 0x12]), 0), read_int(bytes([0x81, 28]), 0)
    ((4736, 3), (-28, 2))
    """
    head = content[position] if position < len(content) else 0
    count = head & 0x0F
    end = position + 1 + count
    if not 0 < count <= MAX_INT_BYTES or end > len(content):
        raise ValueError(f"no number at byte {position}")
    value = int.from_bytes(content[position + 1 : end], "little")
    return (-value if head & 0x80 else value), end


def read_ints(content: bytes) -> Int64[np.ndarray, " count"]:
    """All integers of a file that holds nothing else.

    Parameters:
        content: of the file.

    Raises ValueError where something else comes, or the last is cut off.
    """
    heads: list[int] = []
    position = 0
    while position < len(content):
        heads.append(position)
        position += 1 + (content[position] & 0x0F)
    data = np.frombuffer(content, np.uint8)
    first = np.array(heads, np.int64)
    counts = (data[first] & 0x0F).astype(np.int64)
    if position != len(content) or (
        len(counts) and not 0 < counts.min() <= counts.max() <= MAX_INT_BYTES
    ):
        raise ValueError("no numbers, or the last is cut off")
    values = np.zeros(len(first), np.int64)
    for place in range(MAX_INT_BYTES):
        rows = np.flatnonzero(counts > place)
        values[rows] |= data[first[rows] + 1 + place].astype(np.int64) << 8 * place
    return np.where(data[first] & 0x80, -values, values)


class _Numbers:
    """Integers, taken from the front."""

    def __init__(self, values: Int64[np.ndarray, " count"]):
        self.values, self.position = values, 0

    def take(self) -> int:
        """The next one."""
        return int(self.rows(1, 1, 1).item())

    def reals(self, count: int) -> Float32[np.ndarray, " count"]:
        """So many real numbers."""
        return _reals(self.rows(1, count, 2)[0])

    def rows(
        self, blocks: int, count: int, length: int
    ) -> Int64[np.ndarray, "blocks count length"]:
        """Blocks of so many rows; a block of several has its number of rows before it."""
        heads = int(blocks > 1)
        start, self.position = self.position, self.position + blocks * (heads + count * length)
        if min(blocks, count, length) < 1 or self.position > len(self.values):
            raise ValueError("a shape predictor that is cut off")
        part = self.values[start : self.position].reshape(blocks, heads + count * length)
        if heads and (part[:, 0] != count).any():
            raise ValueError("a shape predictor of trees that differ")
        return part[:, heads:].reshape(blocks, count, length)


def _reals(pairs: Int64[np.ndarray, "*shape 2"]) -> Float32[np.ndarray, "*shape"]:
    """Real numbers of mantissas and exponents."""
    return np.ldexp(pairs[..., 0].astype(np.float64), pairs[..., 1]).astype(np.float32)


def _read_tensor(content: bytes, position: int) -> tuple[Float32[np.ndarray, " count"], int]:
    version, position = read_int(content, position)
    sides = []
    for _ in range(4):
        side, position = read_int(content, position)
        sides.append(side)
    end = position + FLOAT_BYTES * math.prod(sides)
    if version != TENSOR_VERSION or min(sides) < 0 or end > len(content):
        raise ValueError(f"no tensor at byte {position}")
    return np.frombuffer(content[position:end], "<f4").astype(np.float32), end
