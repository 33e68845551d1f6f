"""Objects lie on the canvas as a whole and hide no more of another than they may."""

import pytest
import torch
from torch import Tensor

from triptych.frame.rng import CounterRNG
from triptych.multitask.data.objects.free_places import Places, free_places

CANVAS = (60, 90)


def placed(max_overlap: float, count: int = 8, low: int = 5, high: int = 31) -> tuple:
    sizes = low + CounterRNG([1], torch.arange(200)).integers("sizes", high - low, count, 2)
    sizes = sizes.float()
    return sizes, free_places(sizes, CounterRNG([0], torch.arange(200)), CANVAS, max_overlap)


def overlaps(sizes: Tensor, places: Places) -> Tensor:
    """Of each pair of placed objects, the shared part of the smaller one."""
    low, high = places.corner, places.corner + sizes
    shared = torch.minimum(high[:, :, None], high[:, None]) - torch.maximum(
        low[:, :, None], low[:, None]
    )
    area = sizes.prod(2)
    part = shared.clamp(min=0).prod(3) / torch.minimum(area[:, :, None], area[:, None])
    both = places.free[:, :, None] & places.free[:, None]
    return part[both & ~torch.eye(sizes.shape[1], dtype=torch.bool)]


@pytest.mark.parametrize("max_overlap", [0.0, 0.2, 0.7])
def test_no_two_objects_overlap_by_more_than_is_allowed(max_overlap: float):
    sizes, places = placed(max_overlap)
    part = overlaps(sizes, places)
    assert part.max() <= max_overlap + 1e-6
    if max_overlap:
        assert part.max() > max_overlap * 0.8


def test_objects_lie_on_the_canvas_as_a_whole_and_reach_its_edges():
    sizes, places = placed(1.0)
    assert places.free.all()
    end = places.corner + sizes
    assert places.corner.min() == 0
    assert end[..., 0].max() == CANVAS[1] and end[..., 1].max() == CANVAS[0]


def test_what_finds_no_free_place_is_left_out_and_bars_no_other():
    sizes = torch.tensor([[[90.0, 60.0], [10.0, 10.0]], [[91.0, 60.0], [10.0, 10.0]]])
    places = free_places(sizes, CounterRNG([0], torch.arange(2)), CANVAS, 0.0)
    assert places.free.tolist() == [[True, False], [False, True]]
    nothing = torch.zeros(3, 2, 2)
    assert not free_places(nothing, CounterRNG([0], torch.arange(3)), CANVAS, 0.5).free.any()


def test_places_do_not_depend_on_the_other_images():
    sizes, places = placed(0.2)
    rows = torch.tensor([7, 3])
    some = free_places(sizes[rows], CounterRNG([0], rows), CANVAS, 0.2)
    assert some.corner.equal(places.corner[rows]) and some.free.equal(places.free[rows])
