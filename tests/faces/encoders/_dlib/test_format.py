"""dlib's serialisation, of files written here by its rules."""

import struct

import numpy as np
import pytest

from triptych.faces.encoders._dlib.format import (
    AFFINE,
    CONVOLUTION,
    MATRIX,
    read_int,
    read_ints,
    read_layers,
    read_shape_predictor,
)


def integer(value: int) -> bytes:
    size = max(1, (abs(value).bit_length() + 7) // 8)
    return bytes([size | (0x80 if value < 0 else 0)]) + abs(value).to_bytes(size, "little")


def real(value: float) -> bytes:
    """A mantissa of 24 bits and its exponent, as dlib writes a float."""
    mantissa, exponent = np.frexp(value)
    return integer(int(mantissa * 2**24)) + integer(int(exponent) - 24)


def text(word: str) -> bytes:
    return integer(len(word)) + word.encode()


def tensor(values: list[float]) -> bytes:
    sides = integer(2) + integer(len(values)) + integer(1) * 3
    return sides + struct.pack(f"<{len(values)}f", *values)


def network() -> bytes:
    convolution = text(CONVOLUTION) + tensor([1.5, -2.0, 0.25])
    matrix = text(MATRIX) + integer(2) + integer(1) + tensor([3.0, 4.0])
    others = integer(1) + text("relu_") + integer(1)
    return others + convolution + integer(7) + text(AFFINE) + tensor([1.0, 0.0]) + others + matrix


def predictor(stages: int = 2, trees: int = 3) -> bytes:
    """Two landmarks, trees of depth 1, two places."""
    shape = [0.25, 0.5, 0.75, 0.5]
    leaf = integer(-4) + integer(-1) + b"".join(map(real, [0.0, 0.5, -0.25, 1.0]))
    split = integer(0) + integer(1) + real(10.5)
    tree = integer(1) + split + integer(2) + 2 * leaf
    forest = integer(trees) + trees * tree
    content = integer(1) + integer(-4) + integer(-1) + b"".join(map(real, shape))
    content += integer(stages) + stages * forest
    content += integer(stages) + stages * (integer(2) + integer(0) + integer(1))
    places = integer(2) + b"".join(map(real, [0.125, 0.0, -0.5, 2.0]))
    return content + integer(stages) + stages * places


@pytest.mark.parametrize("value", [0, 1, -1, 255, 256, -28, 4736, 2**40, -(2**62)])
def test_integers_of_any_size_come_back(value: int):
    assert read_int(b"x" + integer(value), 1) == (value, 1 + len(integer(value)))


def test_many_integers_are_read_in_one_go():
    values = [3, -70000, 0, 12]
    assert read_ints(b"".join(map(integer, values))).tolist() == values


def test_layers_come_in_order_with_their_values():
    layers = list(read_layers(network()))
    assert [layer.kind for layer in layers] == [CONVOLUTION, AFFINE, MATRIX]
    assert [layer.values.tolist() for layer in layers] == [[1.5, -2.0, 0.25], [1, 0], [3, 4]]


def test_a_shape_predictor_comes_back():
    found = read_shape_predictor(predictor())
    assert found.initial_shape.tolist() == [[0.25, 0.5], [0.75, 0.5]]
    assert found.anchors.tolist() == [[0, 1]] * 2
    assert found.offsets.tolist() == [[[0.125, 0.0], [-0.5, 2.0]]] * 2
    assert found.compared.shape == (2, 3, 1, 2) and found.compared[1, 2, 0].tolist() == [0, 1]
    assert (found.thresholds == 10.5).all()
    assert found.moves.shape == (2, 3, 2, 2, 2)
    assert found.moves[0, 0, 1].tolist() == [[0.0, 0.5], [-0.25, 1.0]]


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.999])
def test_files_that_are_cut_off_are_told(kept: float):
    with pytest.raises(ValueError):
        list(read_layers(network()[: int(kept * len(network()))] + text(AFFINE)))
    with pytest.raises(ValueError):
        read_shape_predictor(predictor()[: int(kept * len(predictor()))])


@pytest.mark.parametrize("content", [b"", b"\x00", b"\xff" * 40, integer(2) + integer(1)])
def test_what_is_no_predictor_is_told(content: bytes):
    with pytest.raises(ValueError):
        read_shape_predictor(content)
