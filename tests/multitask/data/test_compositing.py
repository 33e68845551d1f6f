"""Cut-outs laid on a ground: pixels, boxes and circles that fit each other."""

import numpy as np
import pytest
import torch

from triptych.frame.rng import CounterRNG
from triptych.multitask.data.compositing import (
    CutoutBank,
    random_affine_place,
    random_place,
    random_shift,
)
from triptych.multitask.data.source import Cutouts
from triptych.multitask.structures.geometry import mask_to_box

MANY = torch.arange(200)
SIZE = (40, 60)


def disc(side: int = 16, radius: float = 6.0) -> CutoutBank:
    """One red disc, off the middle of its frame."""
    y, x = torch.meshgrid(torch.arange(side) + 0.5, torch.arange(side) + 0.5, indexing="ij")
    alpha = (((x - 7).hypot(y - 9) < radius) * 255).byte()
    colour = torch.zeros(1, 3, side, side, dtype=torch.uint8)
    colour[:, 0] = 255
    return CutoutBank.from_cutouts(
        Cutouts(colour, torch.tensor([0]), ("disc",), alpha[None]), circles=True
    )


@pytest.fixture
def digits() -> CutoutBank:
    rng = np.random.default_rng(0)
    images = torch.zeros(30, 1, 20, 14, dtype=torch.uint8)
    for image in images:
        top, left = rng.integers(2, 8), rng.integers(1, 5)
        image[0, top : top + rng.integers(3, 11), left : left + rng.integers(3, 8)] = 200
    return CutoutBank.from_cutouts(
        Cutouts(images, torch.arange(30) % 3, ("a", "b", "c")), circles=True
    )


def test_shifted_digits_keep_their_pixels_and_truth_exactly(digits: CutoutBank):
    chosen = MANY % 30
    moved = random_shift(digits, chosen, CounterRNG([0], MANY), max_shift=3)
    offset = (moved.box - digits.box[chosen])[:, :2]
    assert moved.box.equal(mask_to_box(moved.mask))
    assert offset.abs().max() == 3 and offset.equal(offset.round())
    assert offset.unique(dim=0).shape[0] == 49  # all ways there are
    assert moved.circle is not None and digits.circle is not None
    assert torch.allclose(moved.circle[:, :2] - offset, digits.circle[chosen][:, :2])
    assert moved.circle[:, 2].equal(digits.circle[chosen][:, 2])
    still = digits.images[chosen].float() / 255
    assert torch.allclose(moved.images.flatten(1).sum(1), still.flatten(1).sum(1))
    assert moved.label.equal(digits.label[chosen])


def test_what_fills_its_frame_is_not_moved_over_the_edge():
    images = torch.zeros(1, 1, 8, 8, dtype=torch.uint8)
    images[..., 1:, :] = 255  # a row is free above, nothing at the sides
    stock = CutoutBank.from_cutouts(Cutouts(images, torch.tensor([0]), ("a", "b")), circles=False)
    moved = random_shift(stock, MANY * 0, CounterRNG([0], MANY), max_shift=4)
    assert moved.circle is None
    assert set(map(tuple, moved.box.tolist())) == {(0, 1, 8, 8), (0, 0, 8, 7)}
    assert moved.mask.flatten(1).sum(1).eq(56).all()


def test_without_reach_nothing_moves(digits: CutoutBank):
    still = random_shift(digits, MANY % 30, CounterRNG([0], MANY), max_shift=0)
    assert still.box.equal(digits.box[MANY % 30])


def test_laying_does_not_change_the_stock(digits: CutoutBank):
    assert digits.circle is not None
    before = digits.circle.clone()
    random_shift(digits, MANY % 30, CounterRNG([0], MANY), max_shift=3)
    assert digits.circle.equal(before)


def test_laid_cut_outs_are_whole_and_anywhere():
    stock = disc()
    found = random_place(stock, MANY * 0, CounterRNG([0], MANY), SIZE)
    assert found.mask.shape == (200, *SIZE)
    assert found.mask.flatten(1).sum(1).eq(stock.mask.sum()).all()
    assert found.box.equal(mask_to_box(found.mask))
    assert stock.circle is not None
    assert torch.allclose(
        found.circle[:, :2] - found.box[:, :2], stock.circle[:, :2] - stock.box[:, :2]
    )
    corners = found.box[:, :2] - stock.box[:, :2]
    assert corners.min() == 0
    assert corners.amax(0).tolist() == [60 - 16, 40 - 16]


def test_a_ground_shows_where_the_cut_out_does_not():
    found = random_place(disc(), MANY[:4] * 0, CounterRNG([0], MANY[:4]), SIZE)
    pictures = found.patches.paste_onto(torch.full((4, 3, *SIZE), 0.25))
    for picture, mask in zip(pictures, found.mask):
        assert torch.allclose(picture[:, ~mask], torch.tensor(0.25))
        assert torch.allclose(picture[:, mask], torch.tensor([[1.0], [0.0], [0.0]]))


def test_turned_cut_outs_lie_in_the_circle_they_say():
    stock = disc()
    scale = CounterRNG([1], MANY).uniform("scale", low=0.5)
    degrees = CounterRNG([1], MANY).uniform("turn", high=360)
    found = random_affine_place(
        stock, MANY * 0, CounterRNG([0], MANY), SIZE, scale=scale, degrees=degrees
    )
    assert found.box.equal(mask_to_box(found.mask))
    x, y, radius = found.circle.T
    assert stock.circle is not None and torch.allclose(radius, stock.circle[0, 2] * scale)
    for low, high, side in ((x - radius, x + radius, 60), (y - radius, y + radius, 40)):
        assert low.min() > -1e-3 and high.max() < side + 1e-3
    rows, columns = (torch.arange(side) + 0.5 for side in SIZE)
    distance = (columns[None, None] - x[:, None, None]).hypot(rows[:, None] - y[:, None, None])
    assert not (found.mask & (distance > radius[:, None, None] + 0.5)).any()
    # a disc fills its circle: as many pixels as its area, but for the rim
    area = torch.pi * (6 * scale) ** 2
    assert (found.mask.flatten(1).sum(1) - area).abs().max() < 0.35 * 6 * 2 * torch.pi


def test_unturned_and_full_size_is_upright():
    stock = disc()
    chosen = MANY[:9] * 0
    full, none = torch.ones(9), torch.zeros(9)
    found = random_affine_place(
        stock, chosen, CounterRNG([0], MANY[:9]), SIZE, scale=full, degrees=none
    )
    sizes = found.box[:, 2:] - found.box[:, :2]
    assert (sizes - (stock.box[:, 2:] - stock.box[:, :2])).abs().max() <= 1


def test_a_silhouette_is_where_alpha_is_above_one_half():
    alpha = torch.tensor([[[127, 128]]], dtype=torch.uint8)
    cutouts = Cutouts(torch.zeros(1, 3, 1, 2, dtype=torch.uint8), torch.tensor([0]), ("a",), alpha)
    stock = CutoutBank.from_cutouts(cutouts, circles=False)
    assert stock.mask.tolist() == [[[False, True]]] and stock.circle is None


def test_some_of_a_stock_are_chosen_in_order(digits: CutoutBank):
    part = digits.subset(torch.tensor([4, 1]))
    assert len(part) == 2 and part.label.tolist() == [1, 1]
    assert part.images.equal(digits.images[[4, 1]])
