"""Patches lie so that no row or column of pixels sees only some of a patch's."""

import pytest
import torch
import torch.nn.functional as F

from triptych.style.losses.skewed_grid import SkewedGrid


@pytest.mark.parametrize(("patch", "step"), [(3, 1), (5, 2), (9, 5), (12, 10), (40, 10)])
def test_one_place_in_so_many_is_taken_once(patch: int, step: int) -> None:
    grid = SkewedGrid(patch)
    cells = torch.arange(60 * 70).view(1, 60, 70)
    taken = torch.cat([part.flatten() for part in grid.sample(cells)])
    assert grid.step == step
    assert len(taken) == len(taken.unique()) == 60 * 70 // step


@pytest.mark.parametrize("patch", [5, 9, 12])
def test_stripes_of_a_patch_are_evened_out(patch: int) -> None:
    """The same patch laid everywhere: of its stripes, one pixel wide, next to nothing remains."""
    grid = SkewedGrid(patch)
    places = torch.zeros(1, 1, 80, 80)
    for view in grid.offset_views(places):
        view[..., :: grid.step, :: grid.step] = 1
    bowl = torch.hann_window(patch + 2, periodic=False)[1:-1]
    window = bowl[:, None] * bowl
    striped = window * (torch.arange(patch) % 2)
    for stripes in (striped, striped.T):
        laid, weight = (
            F.conv_transpose2d(places, each[None, None])[..., 30:50, 30:50]
            for each in (stripes, window)
        )
        mean = laid / weight
        assert float(mean.max() - mean.min()) < 0.2


def test_views_of_a_small_map_may_be_empty() -> None:
    grid = SkewedGrid(9)
    assert [part.numel() for part in grid.sample(torch.ones(1, 1, 1))] == [1, 0, 0, 0, 0]
