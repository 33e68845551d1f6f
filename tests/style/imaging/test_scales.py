"""Plans from coarse to fine, and margins that mirror."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from triptych.style.imaging.scales import (
    COARSEST_SIZE,
    Scale,
    build_scales,
    crop_padding,
    reflect_pad,
    resize,
)
from triptych.style.schedule import DEFAULT_SCHEDULE, Schedule


def test_a_method_may_have_a_schedule_of_its_own() -> None:
    doubling = Schedule((8, 3), growth=2.0)
    assert [scale.steps for scale in build_scales(9, 16, 1024, None, doubling)] == [8, 3, 3, 3]
    assert [scale.steps for scale in build_scales(9, 16, 1024, (5,), doubling)] == [5]


def test_scales_are_half_an_octave_apart() -> None:
    found = build_scales(300, 400, 512)
    assert [scale.width for scale in found] == [128, 181, 256, 362, 512]
    assert [scale.height for scale in found] == [96, 136, 192, 272, 384]
    assert [scale.steps for scale in found] == list(DEFAULT_SCHEDULE.steps[:5])


def test_steps_say_how_many_scales_there_are() -> None:
    assert build_scales(50, 100, 200, (7,)) == (Scale(100, 200, 7),)
    assert build_scales(50, 100, 200, (9, 8, 7), Schedule((1,), growth=2.0)) == (
        Scale(25, 50, 9),
        Scale(50, 100, 8),
        Scale(100, 200, 7),
    )


@given(st.integers(1, 9000), st.integers(1, 9000), st.integers(1, 5000))
def test_plans_end_at_the_size_and_never_vanish(height: int, width: int, size: int) -> None:
    scales = build_scales(height, width, size)
    assert max(scales[-1].height, scales[-1].width) == size
    assert all(min(scale.height, scale.width, scale.steps) >= 1 for scale in scales)
    assert max(scales[0].height, scales[0].width) <= COARSEST_SIZE
    assert (scales[-1].height > scales[-1].width) <= (height > width)


def test_margins_mirror_without_repeating_the_border() -> None:
    row = torch.tensor([[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]])
    expected = np.pad(row[0, 0].numpy(), ((0, 0), (2, 2)), "reflect")
    np.testing.assert_array_equal(reflect_pad(row, 0, 2)[0, 0].numpy(), expected)


@given(st.integers(1, 7), st.integers(1, 7), st.integers(0, 30), st.integers(0, 30))
def test_margins_of_any_width_come_off_again(
    height: int, width: int, rows: int, columns: int
) -> None:
    picture = torch.arange(3.0 * height * width).view(1, 3, height, width)
    wide = reflect_pad(picture, rows, columns)
    assert wide.shape == (1, 3, height + 2 * rows, width + 2 * columns)
    assert wide.is_contiguous()
    torch.testing.assert_close(crop_padding(wide, rows, columns), picture)
    assert set(wide.unique().tolist()) == set(picture.unique().tolist())


def test_resizing_keeps_an_even_colour_and_the_range() -> None:
    even = torch.full((1, 3, 20, 30), 0.3)
    torch.testing.assert_close(resize(even, 41, 7), torch.full((1, 3, 41, 7), 0.3))
    sharp = torch.zeros(1, 3, 20, 30)
    sharp[..., 10:] = 1  # cubic interpolation swings beyond an edge
    assert resize(sharp, 40, 60).aminmax() == (0, 1)
    assert resize(sharp, 20, 30) is sharp
