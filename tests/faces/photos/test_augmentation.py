"""Changes by chance: where none is asked for nothing changes, and the same chance does the same."""

import pytest
import torch

from triptych.faces.photos.augmentation import (
    AugmentationConfig,
    augment,
    color_jitter,
    random_affine,
    random_erasing,
)
from triptych.frame.rng import CounterRNG

NONE = AugmentationConfig(flip=0, degrees=0, scale=0, shift=0, color_jitter=0, erase=0)
PICTURES = (torch.rand(6, 3, 20, 16, generator=torch.Generator().manual_seed(0)) * 255).byte()


def chance(count: int = 6, seed: int = 0) -> CounterRNG:
    return CounterRNG([seed], torch.arange(count))


def test_without_changes_pictures_stay_as_they_are():
    assert torch.equal(augment(PICTURES, chance(), NONE), PICTURES / 255)


def test_mirrored_pictures_are_exact_mirrors():
    changes = AugmentationConfig(flip=1, degrees=0, scale=0, shift=0, color_jitter=0)
    found = augment(PICTURES, chance(), changes)
    assert torch.allclose(found, PICTURES.flip(3) / 255, atol=1e-5)


def test_about_the_share_asked_for_is_mirrored():
    pictures = PICTURES[:1].repeat(2000, 1, 1, 1)
    changes = AugmentationConfig(flip=0.3, degrees=0, scale=0, shift=0, color_jitter=0)
    found = augment(pictures, chance(2000), changes)
    same = (found - pictures / 255).abs().amax((1, 2, 3)) < 1e-4
    assert same.float().mean().item() == pytest.approx(0.7, abs=0.05)


def test_a_turn_keeps_angles_whatever_the_sides():
    """A round spot stays round on a picture that is no square."""
    rows, columns = torch.meshgrid(torch.arange(60.0), torch.arange(30.0), indexing="ij")
    spot = ((rows - 29.5) ** 2 + (columns - 14.5) ** 2 < 100).float()
    found = random_affine(
        spot.expand(4, 1, 60, 30).contiguous(),
        chance(4),
        AugmentationConfig(flip=0, degrees=90, scale=0, shift=0),
    )
    assert (found - spot).abs().mean() < 0.02


def test_a_shift_moves_by_a_share_of_the_sides():
    picture = torch.zeros(1, 1, 40, 40)
    picture[0, 0, 20, 20] = 1
    for seed in range(20):
        found = random_affine(
            picture, chance(1, seed), AugmentationConfig(flip=0, degrees=0, scale=0, shift=0.1)
        )
        row, column = divmod(int(found.argmax()), 40)
        assert abs(row - 20) <= 4 and abs(column - 20) <= 4


def test_values_stay_between_black_and_white():
    found = augment(PICTURES, chance(), AugmentationConfig(color_jitter=2.0, erase=0.8))
    assert found.min() >= 0 and found.max() <= 1


def test_light_changes_whole_pictures_and_leaves_their_order_of_greys():
    ramp = torch.linspace(0.4, 0.6, 32).reshape(1, 1, 4, 8).expand(5, 1, 4, 8)
    found = color_jitter(ramp, chance(5), 0.2)
    assert (found.flatten(1).diff() > 0).all()
    assert found[:, 0, 0, 0].unique().numel() == 5


def test_a_patch_is_of_one_grey_and_no_larger_than_asked():
    picture = torch.full((50, 3, 40, 30), 2.0)
    changed = random_erasing(picture, chance(50), 0.5)[:, 0] != 2.0
    assert (changed.any(2).sum(1) <= 0.5 * 40 + 1).all()
    assert (changed.any(1).sum(1) <= 0.5 * 30 + 1).all()
    assert changed.any((1, 2)).float().mean() > 0.9


def test_chance_is_the_picture_s_own_whatever_batch_it_is_in():
    changes = AugmentationConfig(erase=0.5)
    whole = augment(PICTURES, chance(), changes)
    part = augment(PICTURES[4:], CounterRNG([0], torch.tensor([4, 5])), changes)
    assert torch.allclose(whole[4:], part, atol=1e-6)
    assert not torch.allclose(whole, augment(PICTURES, chance(seed=1), changes), atol=1e-2)
