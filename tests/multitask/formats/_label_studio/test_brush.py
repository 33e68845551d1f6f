"""Brushes as they are packed: by the description of the format, and there and back."""

import numpy as np
import pytest

from triptych.multitask.formats._label_studio.brush import brush_mask, pack_mask, unpack
from triptych.multitask.structures.rasterize import shape_pixels


def test_two_runs_bit_by_bit():
    # 4 pixels are 16 bytes; lengths of 3, 4, 8 and 16 bits; then runs of 4 zeros and of 12 255s
    head = f"{16:032b}" + "00111" + "0010" + "0011" + "0111" + "1111"
    runs = "1" + "00" + f"{3:03b}" + "00000000" + "1" + "01" + f"{11:04b}" + "11111111"
    text = head + runs
    expected = [int(text[at : at + 8].ljust(8, "0"), 2) for at in range(0, len(text), 8)]
    assert pack_mask(np.array([[False, True], [True, True]])) == expected


@pytest.mark.parametrize("share", [0.001, 0.5, 1.0])
@pytest.mark.parametrize("size", [(37, 53), (1, 1), (300, 700)])
def test_masks_come_back_exactly(share: float, size: tuple[int, int]):
    mask = np.random.default_rng(3).random(size) < share
    mask[-1, -1] = True
    again = brush_mask(pack_mask(mask), *size)
    assert np.array_equal(shape_pixels(again, *size), mask)


def test_runs_longer_than_a_length_can_tell_are_split():
    mask = np.zeros((400, 500), bool)  # 800,000 bytes, of which a run tells 65,536 at most
    unpacked = unpack(bytes(pack_mask(mask)), 800_000)
    assert len(unpacked) == 800_000 and not any(unpacked)
