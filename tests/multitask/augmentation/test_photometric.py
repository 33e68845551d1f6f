"""Colors by hand; blur against SciPy."""

import numpy as np
import pytest
import torch
from scipy import ndimage

from triptych.frame.rng import CounterRNG
from triptych.multitask.augmentation import AugmentationConfig
from triptych.multitask.augmentation.photometric import (
    BRIGHTEST,
    LUMA,
    color_matrix,
    gaussian_blur,
    random_blur,
    random_bytes,
    random_color,
    random_noise,
)

MANY = CounterRNG([5], torch.arange(400))


def only(**settings: float) -> AugmentationConfig:
    return AugmentationConfig.model_validate({"level": "none", **settings})


def matrix(saturation: float, degrees: float) -> torch.Tensor:
    return color_matrix(torch.tensor([saturation]), torch.tensor([degrees]))[0]


def test_no_change_of_colors_is_the_unit_matrix() -> None:
    torch.testing.assert_close(matrix(1.0, 0.0), torch.eye(3), atol=1e-6, rtol=0)


def test_without_saturation_each_color_is_its_luma() -> None:
    assert (matrix(0.0, 33.0) @ torch.tensor([1.0, 0, 0])).tolist() == pytest.approx([0.299] * 3)


def test_hue_keeps_greys_and_luma() -> None:
    turned = matrix(1.0, 70.0)
    torch.testing.assert_close(turned @ torch.full((3,), 0.4), torch.full((3,), 0.4))
    color = torch.tensor([0.2, 0.5, 0.7])
    assert float(torch.tensor(LUMA) @ (turned @ color)) == pytest.approx(
        float(torch.tensor(LUMA) @ color), abs=1e-6
    )


def test_hue_turns_in_the_plane_of_i_and_q() -> None:
    # I = 0.1, Q = 0 turned by 90 degrees: I = 0, Q = 0.1
    from_yiq = torch.tensor(
        np.linalg.inv([[0.299, 0.587, 0.114], [0.596, -0.274, -0.322], [0.211, -0.523, 0.312]])
    ).float()
    before, after = torch.tensor([0.5, 0.1, 0.0]), torch.tensor([0.5, 0.0, 0.1])
    torch.testing.assert_close(matrix(1.0, 90.0) @ (from_yiq @ before), from_yiq @ after)


def test_brightness_scales_all_values_between_its_bounds() -> None:
    images = torch.full((400, 1, 2, 2), 0.5)
    factors = random_color(images, only(brightness=0.2), MANY)[:, 0, 0, 0] / 0.5
    assert 0.8 <= factors.min() < 0.81 and 1.19 < factors.max() <= 1.2


def test_bright_images_get_no_brighter() -> None:
    white = random_color(torch.full((400, 3, 2, 2), 0.9), only(brightness=0.5), MANY)
    assert white.max() <= 0.9 + 1e-6
    middle = random_color(torch.full((400, 3, 2, 2), 0.7), only(brightness=0.5), MANY)
    assert BRIGHTEST - 0.01 < middle.max() < BRIGHTEST + 1e-6


def test_contrast_keeps_the_mean_and_scales_what_departs_from_it() -> None:
    images = torch.tensor([0.4, 0.6]).expand(400, 1, 1, 2)
    changed = random_color(images, only(contrast=0.3), MANY)
    torch.testing.assert_close(changed.mean((1, 2, 3)), torch.full((400,), 0.5))
    spread = (changed[..., 1] - changed[..., 0]) / 0.2
    assert spread.min() + 1e-6 >= 0.7 and spread.min() < 0.72 and 1.28 < spread.max() < 1.3001


def test_as_many_lose_their_colors_as_asked() -> None:
    images = torch.tensor([0.9, 0.1, 0.2]).view(1, 3, 1, 1).expand(400, 3, 1, 1)
    changed = random_color(images, only(grey=0.25), MANY)
    grey = changed.std(1).flatten() < 1e-5
    assert 0.2 < grey.float().mean() < 0.3
    assert torch.allclose(changed[~grey], images[~grey], atol=1e-6)


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_images_of_any_channels_stay_within_their_bounds(channels: int) -> None:
    images = MANY.uniform("image", channels, 4, 4)
    config = AugmentationConfig(level="strong", brightness=1, contrast=1, saturation=1, hue=180)
    changed = random_noise(random_color(images, config, MANY), config, MANY)
    assert changed.shape == images.shape
    assert changed.min() >= 0 and changed.max() <= 1


def test_blur_agrees_with_scipy() -> None:
    images = CounterRNG([1], torch.arange(2)).uniform("image", 3, 20, 30)
    blurred = gaussian_blur(images, torch.tensor([0.7, 1.4]), 6)
    for image, got, sigma in zip(images, blurred, (0.7, 1.4)):
        expected = ndimage.gaussian_filter(
            image.numpy(), (0, sigma, sigma), mode="nearest", radius=6
        )
        np.testing.assert_allclose(got.numpy(), expected, atol=1e-5)


def test_as_many_are_blurred_as_asked() -> None:
    images = MANY.uniform("image", 1, 8, 8)
    blurred = random_blur(images, only(blur=0.3), MANY)
    changed = (blurred != images).flatten(1).any(1)
    assert 0.24 < changed.float().mean() < 0.36
    assert random_blur(images, only(blur=0), MANY) is images


def test_noise_is_as_strong_as_asked_and_has_no_bias() -> None:
    images = torch.full((400, 3, 16, 17), 0.5)
    noise = random_noise(images, only(noise=0.1), MANY) - 0.5
    strength = noise.flatten(1).std(1)
    assert strength.min() < 0.005 and 0.095 < strength.max() < 0.104
    assert abs(float(noise.mean())) < 1e-4
    one, other = noise[:, 0].flatten(), noise[:, 1].flatten()
    assert abs(float((one * other).mean() / (one.std() * other.std()))) < 0.02


def test_every_byte_is_as_likely() -> None:
    values = random_bytes("x", torch.zeros(400, 1, 16, 16), MANY)
    counts = values.long().flatten().bincount(minlength=256)
    assert len(counts) == 256
    assert counts.min() > 300 and counts.max() < 500  # 400 each
