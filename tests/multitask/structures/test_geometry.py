"""Overlaps and enclosing shapes: properties everywhere, and independent references."""

import math

import cv2
import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from torch import Tensor

from triptych.multitask.structures.geometry import (
    box_iou,
    circle_iou,
    mask_iou,
    mask_to_box,
    mask_to_circle,
    mirror_boxes,
    mirror_circles,
)

near = st.integers(-8, 8).map(lambda half: half / 2)  # so that sides and rims often meet
anywhere = st.floats(-1000, 1000, width=32)
number = near | anywhere
size = (
    st.integers(0, 8).map(float) | st.floats(0, 1000, width=32) | st.floats(0, 2.0**-20, width=32)
)


def row(*values: float) -> Tensor:
    return torch.tensor([values], dtype=torch.float32)


@st.composite
def boxes(draw: st.DrawFn) -> Tensor:
    left, top = draw(number), draw(number)
    return row(left, top, left + draw(size), top + draw(size))


circles = st.tuples(number, number, size).map(lambda values: row(*values))
any_box = boxes() | st.tuples(number, number, number, number).map(lambda sides: row(*sides))
any_circle = circles | st.tuples(number, number, number).map(lambda values: row(*values))
masks = st.lists(st.lists(st.booleans(), min_size=5, max_size=5), min_size=4, max_size=4).map(
    lambda rows: torch.tensor([rows])
)
PAIRS = [
    pytest.param(box_iou, any_box, id="box"),
    pytest.param(circle_iou, any_circle, id="circle"),
    pytest.param(mask_iou, masks, id="mask"),
]


@pytest.mark.parametrize(("overlap", "shapes"), PAIRS)
def test_an_overlap_is_from_0_to_1_and_symmetric(overlap, shapes):
    @given(shapes, shapes)
    def holds(first: Tensor, second: Tensor):
        found = float(overlap(first, second))
        assert 0 <= found <= 1
        assert float(overlap(second, first)) == pytest.approx(found, abs=1e-6)

    holds()


@pytest.mark.parametrize(("overlap", "shapes"), PAIRS)
def test_equal_shapes_overlap_fully(overlap, shapes):
    @given(shapes)
    def holds(shape: Tensor):
        assert float(overlap(shape, shape.clone())) == pytest.approx(1, abs=1e-6)

    holds()


@pytest.mark.parametrize(("overlap", "shapes"), PAIRS[:2])
def test_slopes_are_finite_everywhere(overlap, shapes):
    @given(shapes, shapes)
    def holds(first: Tensor, second: Tensor):
        for pair in ((first, second), (first, first)):
            leaves = [shape.clone().requires_grad_() for shape in pair]
            overlap(*leaves).sum().backward()
            assert all(leaf.grad is not None and leaf.grad.isfinite().all() for leaf in leaves)

    holds()


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((0, 0, 2), (0, 0, 2), 1),
        ((5, 5, 1), (5, 5, 3), 1 / 9),
        ((0, 0, 1), (2, 0, 1), 0),  # they touch from outside
        ((0, 0, 3), (2, 0, 1), 1 / 9),  # from inside
        ((0, 0, 1), (9, 9, 1), 0),
        ((0, 0, 1), (0, 0, 0), 0),  # a point
        ((0, 0, 0), (0, 0, 0), 1),
        ((0, 0, 0), (1, 0, 0), 0),
        ((0, 0, -1), (0, 0, 2), 0),
        ((0, 0, 1e-20), (0, 0, 1e-20), 1),
        ((0, 0, 1e4), (1e-3, 0, 1e4), 1),
        # two unit circles through each other's centers share 2π/3 − √3/2
        ((0, 0, 1), (1, 0, 1), (k := 2 * math.pi / 3 - 3**0.5 / 2) / (2 * math.pi - k)),
    ],
)
def test_circles_in_special_places_overlap_and_have_slopes(
    first: tuple[float, ...], second: tuple[float, ...], expected: float
):
    pair = [row(*values).requires_grad_() for values in (first, second)]
    found = circle_iou(*pair)
    assert found.item() == pytest.approx(expected, abs=1e-5)
    found.sum().backward()
    assert all(shape.grad is not None and shape.grad.isfinite().all() for shape in pair)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((0, 0, 2, 2), (1, 1, 3, 3), 1 / 7),
        ((0, 0, 4, 4), (1, 1, 3, 3), 1 / 4),
        ((0, 0, 2, 2), (2, 0, 4, 2), 0),  # they touch
        ((0, 0, 2, 2), (2, 2, 0, 0), 0),  # the second is inside out
        ((1, 1, 1, 1), (1, 1, 1, 1), 1),
        ((0, 0, 0, 5), (0, 0, 5, 5), 0),
    ],
)
def test_boxes_worked_by_hand(first: tuple[float, ...], second: tuple[float, ...], expected: float):
    assert float(box_iou(row(*first), row(*second))) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("overlap", "first", "second"),
    [
        (circle_iou, (5.0, 5.0, 3.0), (7.0, 6.0, 2.0)),
        (circle_iou, (5.0, 5.0, 3.0), (5.5, 5.0, 1.0)),  # one inside the other
        (circle_iou, (5.0, 5.0, 30.0), (33.0, 6.0, 2.5)),
        (box_iou, (0.0, 1.0, 5.0, 6.0), (2.0, 0.5, 7.0, 4.0)),
        (box_iou, (0.0, 1.0, 5.0, 6.0), (2.0, 2.5, 3.0, 4.0)),
    ],
)
def test_slopes_are_those_of_small_steps(overlap, first, second):
    pair = [torch.tensor([s], dtype=torch.float64, requires_grad=True) for s in (first, second)]
    assert torch.autograd.gradcheck(overlap, pair)


def raster(inside) -> tuple[int, int]:
    """Intersection and union of two shapes, counted on a fine grid over 10 × 10 pixels."""
    y, x = np.mgrid[:2000, :2000] / 200 + 0.0025
    one, two = (test(x, y) for test in inside)
    return int((one & two).sum()), int((one | two).sum())


@pytest.mark.parametrize("seed", range(4))
def test_overlaps_are_those_counted_on_a_raster(seed: int):
    rng = np.random.default_rng(seed)
    round_ = [(*rng.uniform(4, 6, 2), rng.uniform(1, 3)) for _ in range(2)]
    square = [(*rng.uniform(0, 5, 2), *rng.uniform(5, 10, 2)) for _ in range(2)]
    shared, union = raster([lambda x, y, c=c: np.hypot(x - c[0], y - c[1]) < c[2] for c in round_])
    assert float(circle_iou(*(row(*c) for c in round_))) == pytest.approx(shared / union, abs=1e-3)
    shared, union = raster(
        [lambda x, y, b=b: (b[0] < x) & (x < b[2]) & (b[1] < y) & (y < b[3]) for b in square]
    )
    assert float(box_iou(*(row(*b) for b in square))) == pytest.approx(shared / union, abs=1e-3)


@given(masks)
def test_a_box_holds_its_mask_tightly(mask: Tensor):
    left, top, right, bottom = map(int, mask_to_box(mask)[0])
    pixels = mask[0].numpy()
    if not pixels.any():
        assert (left, top, right, bottom) == (0, 0, 0, 0)
        return
    inside = pixels[top:bottom, left:right]
    assert inside.sum() == pixels.sum()
    assert all(edge.any() for edge in (inside[0], inside[-1], inside[:, 0], inside[:, -1]))


def corners(mask: np.ndarray) -> np.ndarray:
    y, x = np.nonzero(mask)
    return np.concatenate([np.stack([x + dx, y + dy], 1) for dx in (0, 1) for dy in (0, 1)])


@given(masks)
def test_a_circle_holds_every_corner_of_its_mask_and_is_the_smallest(mask: Tensor):
    assume(mask.any())
    found = mask_to_circle(mask)[0].numpy()
    points = corners(mask[0].numpy()).astype(np.float32)
    assert np.hypot(*(points - found[:2]).T).max() <= found[2] + 1e-3
    center, radius = cv2.minEnclosingCircle(points)
    assert found == pytest.approx([*center, radius], abs=2e-3)
    # no smaller circle can hold two points this far apart
    widest = max(np.hypot(*(points - point).T).max() for point in points)
    assert found[2] >= widest / 2 - 1e-3


def test_many_masks_have_the_circles_they_have_alone():
    masks = torch.rand(9, 12, 7) > 0.9
    masks[3] = False
    masks[5] = True
    together = mask_to_circle(masks)
    assert together.equal(torch.cat([mask_to_circle(mask[None]) for mask in masks]))
    assert together[3].tolist() == [0, 0, 0]
    assert mask_to_circle(masks[:0]).shape == (0, 3)


def test_shapes_are_where_a_mirrored_mask_has_them():
    masks = torch.zeros(3, 20, 31, dtype=torch.bool)
    for number, (x, y) in enumerate([(2, 3), (11, 9), (25, 0)]):
        masks[number, y : y + 6, x : x + 3 + number] = True
    boxes, circles = mask_to_box(masks).float(), mask_to_circle(masks).float()
    mirrored = masks.flip(2)
    assert torch.equal(mirror_boxes(boxes, 31), mask_to_box(mirrored).float())
    assert torch.allclose(mirror_circles(circles, 31), mask_to_circle(mirrored).float(), atol=1e-3)
