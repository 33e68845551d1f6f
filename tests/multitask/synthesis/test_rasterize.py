import pytest
import torch
from torch import Tensor

from triptych.multitask.synthesis.rasterize import (
    BOX,
    center_by_mass,
    rasterize,
    rasterize_strokes,
    scale_to_box,
)


def pieces(corners: list[list[float]], count: int = 64) -> tuple[Tensor, Tensor]:
    """Starts and ends of `count` pieces of the straight line between two places."""
    steps = torch.linspace(0, 1, count + 1)[:, None]
    line = (torch.tensor(corners[0]) * (1 - steps) + torch.tensor(corners[1]) * steps)[None]
    return line[:, :-1], line[:, 1:]


def test_a_straight_stroke_has_the_width_asked_for():
    starts, ends = pieces([[2, 10], [18, 10]])
    picture = rasterize(starts, ends, torch.full((1, 64), 1.7), torch.tensor([1.2]))
    assert picture[0, :, 10].sum() == pytest.approx(2 * 1.7, rel=0.03)


def test_ink_falls_off_over_the_rim_as_the_distance_to_the_stroke_says():
    starts, ends = pieces([[2, 10], [18, 10]])
    radius, rim = 2.0, 1.5
    picture = rasterize(starts, ends, torch.full((1, 64), radius), torch.tensor([rim]))
    distance = (torch.arange(BOX) + 0.5 - 10).abs()
    expected = (0.5 - (distance - radius) / rim).clamp(0, 1)
    assert torch.allclose(picture[0, :, 10], expected, atol=0.02)


def test_a_stroke_in_any_unit_is_made_to_fill_the_box():
    starts, ends = pieces([[-0.3, 0.1], [0.4, 0.2]])
    low, high = scale_to_box(starts, ends, torch.tensor([1.5]))
    assert low[0, 0, 0] == pytest.approx(1.5, abs=1e-4)
    assert high[0, -1, 0] == pytest.approx(BOX - 1.5, abs=1e-4)


def test_the_center_of_mass_lands_within_half_a_pixel_of_the_middle():
    box = torch.rand(5, BOX, BOX, generator=torch.Generator().manual_seed(0))
    box = box * (torch.arange(BOX) < 14)  # the ink is on the left
    picture = center_by_mass(box).double()
    mass, place = picture.sum((1, 2)), torch.arange(28.0, dtype=torch.double)
    for axis in (1, 2):
        middle = (picture.sum(axis) * place).sum(1) / mass
        assert ((middle - 14).abs() <= 0.51).all()


def test_centring_moves_ink_and_loses_none():
    box = torch.zeros(1, BOX, BOX)
    box[0, 7, 8], box[0, 9, 12] = 1.0, 1.0
    picture = center_by_mass(box)
    assert picture.nonzero().tolist() == [[0, 13, 12], [0, 15, 16]]


def test_a_picture_without_ink_stays_black():
    assert not center_by_mass(torch.zeros(2, BOX, BOX)).any()


def test_a_batch_is_drawn_as_its_pictures_are_one_by_one():
    starts, ends = torch.rand(2, 3, 64, 2, generator=torch.Generator().manual_seed(1)).unbind()
    radius, rim = torch.full((3, 64), 1.2), torch.full((3,), 1.3)
    whole = rasterize_strokes(starts, ends, radius, rim)
    single = torch.cat(
        [rasterize_strokes(*(a[i : i + 1] for a in (starts, ends, radius, rim))) for i in range(3)]
    )
    assert (whole.int() - single.int()).abs().max() <= 1


def test_ink_follows_the_distance_to_the_nearest_piece():
    angles = torch.linspace(0, 5, 65)
    curve = 10 + 7 * torch.stack([angles.cos(), angles.sin()], 1)[None]
    starts, ends = curve[:, :-1], curve[:, 1:]
    radius, rim = 1.4, 1.2
    picture = rasterize(starts, ends, torch.full((1, 64), radius), torch.tensor([rim]))
    centers = torch.arange(BOX) + 0.5
    pixels = torch.stack(torch.meshgrid(centers, centers, indexing="xy"), -1).view(-1, 2)
    distance = torch.cdist(pixels, curve[0]).amin(1).view(BOX, BOX)
    expected = (0.5 - (distance - radius) / rim).clamp(0, 1)
    assert (picture[0] - expected).abs().mean() < 0.02
