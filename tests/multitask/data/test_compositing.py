"""Cutouts at random places: pixels, boxes and circles that fit each other."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from triptych.frame.rng import CounterRNG
from triptych.multitask.data.compositing import random_affine_place, random_place, random_shift
from triptych.multitask.data.cutout_bank import CutoutBank
from triptych.multitask.data.source import Cutouts
from triptych.multitask.structures.geometry import mask_to_box

MANY = torch.arange(200)
SIZE = (40, 60)


def disk(side: int = 16, radius: float = 6.0) -> CutoutBank:
    """One red disk, off the middle of its frame."""
    y, x = torch.meshgrid(torch.arange(side) + 0.5, torch.arange(side) + 0.5, indexing="ij")
    alpha = (((x - 7).hypot(y - 9) < radius) * 255).byte()
    color = torch.zeros(1, 3, side, side, dtype=torch.uint8)
    color[:, 0] = 255
    return CutoutBank.from_cutouts(
        Cutouts(color, torch.tensor([0]), ("disk",), alpha[None]), circles=True
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


def test_shifted_digits_keep_their_pixels_and_targets_exactly(digits: CutoutBank):
    indices = MANY % 30
    moved = random_shift(digits, indices, CounterRNG([0], MANY), max_shift=3)
    offset = (moved.box - digits.box[indices])[:, :2]
    assert moved.box.equal(mask_to_box(moved.mask))
    assert offset.abs().max() == 3 and offset.equal(offset.round())
    assert offset.unique(dim=0).shape[0] == 49  # all ways there are
    assert moved.circle is not None and digits.circle is not None
    assert torch.allclose(moved.circle[:, :2] - offset, digits.circle[indices][:, :2])
    assert moved.circle[:, 2].equal(digits.circle[indices][:, 2])
    still = digits.images[indices].float() / 255
    assert torch.allclose(moved.images.flatten(1).sum(1), still.flatten(1).sum(1))
    assert moved.label.equal(digits.label[indices])


def test_what_fills_its_frame_is_not_moved_over_the_edge():
    images = torch.zeros(1, 1, 8, 8, dtype=torch.uint8)
    images[..., 1:, :] = 255  # a row is free above, nothing at the sides
    bank = CutoutBank.from_cutouts(Cutouts(images, torch.tensor([0]), ("a", "b")), circles=False)
    moved = random_shift(bank, MANY * 0, CounterRNG([0], MANY), max_shift=4)
    assert moved.circle is None
    assert set(map(tuple, moved.box.tolist())) == {(0, 1, 8, 8), (0, 0, 8, 7)}
    assert moved.mask.flatten(1).sum(1).eq(56).all()


def test_without_a_shift_nothing_moves(digits: CutoutBank):
    still = random_shift(digits, MANY % 30, CounterRNG([0], MANY), max_shift=0)
    assert still.box.equal(digits.box[MANY % 30])


def test_shifting_does_not_change_the_bank(digits: CutoutBank):
    assert digits.circle is not None
    before = digits.circle.clone()
    random_shift(digits, MANY % 30, CounterRNG([0], MANY), max_shift=3)
    assert digits.circle.equal(before)


def test_placed_cutouts_are_whole_and_anywhere():
    bank = disk()
    found = random_place(bank, MANY * 0, CounterRNG([0], MANY), SIZE)
    assert found.mask.shape == (200, *SIZE)
    assert found.mask.flatten(1).sum(1).eq(bank.mask.sum()).all()
    assert found.box.equal(mask_to_box(found.mask))
    assert bank.circle is not None
    assert torch.allclose(
        found.circle[:, :2] - found.box[:, :2], bank.circle[:, :2] - bank.box[:, :2]
    )
    corners = found.box[:, :2] - bank.box[:, :2]
    assert corners.min() == 0
    assert corners.amax(0).tolist() == [60 - 16, 40 - 16]


def test_the_background_shows_where_the_cutout_does_not():
    found = random_place(disk(), MANY[:4] * 0, CounterRNG([0], MANY[:4]), SIZE)
    pictures = found.patches.paste_onto(torch.full((4, 3, *SIZE), 0.25))
    for picture, mask in zip(pictures, found.mask):
        assert torch.allclose(picture[:, ~mask], torch.tensor(0.25))
        assert torch.allclose(picture[:, mask], torch.tensor([[1.0], [0.0], [0.0]]))


def test_rotated_cutouts_lie_in_the_circle_they_say():
    bank = disk()
    scale = CounterRNG([1], MANY).uniform("scale", low=0.5)
    degrees = CounterRNG([1], MANY).uniform("turn", high=360)
    found = random_affine_place(
        bank, MANY * 0, CounterRNG([0], MANY), SIZE, scale=scale, degrees=degrees
    )
    assert found.box.equal(mask_to_box(found.mask))
    x, y, radius = found.circle.T
    assert bank.circle is not None and torch.allclose(radius, bank.circle[0, 2] * scale)
    for low, high, side in ((x - radius, x + radius, 60), (y - radius, y + radius, 40)):
        assert low.min() > -1e-3 and high.max() < side + 1e-3
    rows, columns = (torch.arange(side) + 0.5 for side in SIZE)
    distance = (columns[None, None] - x[:, None, None]).hypot(rows[:, None] - y[:, None, None])
    assert not (found.mask & (distance > radius[:, None, None] + 0.5)).any()
    # a disk fills its circle: as many pixels as its area, but for the rim
    area = torch.pi * (6 * scale) ** 2
    assert (found.mask.flatten(1).sum(1) - area).abs().max() < 0.35 * 6 * 2 * torch.pi


def test_without_rotation_and_scale_a_cutout_is_upright():
    bank = disk()
    indices = MANY[:9] * 0
    full, none = torch.ones(9), torch.zeros(9)
    found = random_affine_place(
        bank, indices, CounterRNG([0], MANY[:9]), SIZE, scale=full, degrees=none
    )
    sizes = found.box[:, 2:] - found.box[:, :2]
    assert (sizes - (bank.box[:, 2:] - bank.box[:, :2])).abs().max() <= 1


@pytest.mark.parametrize("channels", [1, 2, 5])
def test_cutouts_may_have_any_number_of_channels(channels: int):
    bank = disk()
    bank = replace(bank, images=bank.images[:, :1].repeat(1, channels, 1, 1))
    which, rng = MANY[:6] * 0, CounterRNG([0], MANY[:6])
    scale, degrees = torch.full((6,), 0.8), torch.full((6,), 30.0)
    placed = random_affine_place(bank, which, rng, SIZE, scale=scale, degrees=degrees)
    images = placed.patches.paste_onto(torch.zeros(6, channels, *SIZE))
    assert images.shape == (6, channels, *SIZE)
    assert images.amax((2, 3)).gt(0.99).all()


def test_a_rotation_is_clockwise():
    """A bar to the right of the middle comes to lie below it."""
    alpha = torch.zeros(1, 21, 21, dtype=torch.uint8)
    alpha[0, 8:13, 8:13] = alpha[0, 10, 13:19] = 255
    cutouts = Cutouts(alpha[:, None].repeat(1, 3, 1, 1), torch.tensor([0]), ("bar",), alpha)
    bank, one = CutoutBank.from_cutouts(cutouts, circles=True), torch.tensor([0])
    scale, degrees = torch.ones(1), torch.tensor([90.0])
    placed = random_affine_place(
        bank, one, CounterRNG([0], one), SIZE, scale=scale, degrees=degrees
    )
    left, top, right, bottom = placed.box[0]
    assert bottom - top > right - left
    upper, lower = placed.mask[0, int(top)].sum(), placed.mask[0, int(bottom) - 1].sum()
    assert upper > lower  # the thin end is below
