"""Otsu's threshold, against scikit-image and against its definition."""

import numpy as np
import pytest
import torch
from skimage.filters import threshold_otsu

from triptych.multitask.data.otsu import CHUNK, otsu_mask, otsu_threshold


def inked(seed: int, count: int = 40, side: int = 28) -> np.ndarray:
    """Pictures like MNIST's: mostly black, a bright blob, a soft rim."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:side, :side]
    center, radius = rng.uniform(8, 20, (2, count, 1, 1)), rng.uniform(2, 8, (count, 1, 1))
    distance = np.hypot(x - center[0], y - center[1]) - radius
    ink = np.clip(0.5 - distance / rng.uniform(1, 4, (count, 1, 1)), 0, 1)
    return (ink * rng.uniform(80, 255, (count, 1, 1))).round().astype(np.uint8)


def spread(seed: int, count: int = 40) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.integers(0, rng.integers(2, 257, (count, 1, 1)), (count, 9, 13)).astype(np.uint8)


def within(image: np.ndarray, threshold: int) -> float:
    """The total within-class sum of squares."""
    parts = image[image <= threshold].astype(float), image[image > threshold].astype(float)
    return sum(((part - part.mean()) ** 2).sum() for part in parts if part.size)


@pytest.mark.parametrize("images", [inked(0), inked(1), spread(0), spread(1)])
def test_masks_are_those_of_scikit_image(images: np.ndarray):
    found = otsu_mask(torch.from_numpy(images)).numpy()
    for image, mask in zip(images, found):
        assert np.array_equal(mask, image > threshold_otsu(image))


@pytest.mark.parametrize("images", [inked(2, 4), spread(2, 4)])
def test_no_threshold_leaves_less_within_the_classes(images: np.ndarray):
    for image, threshold in zip(images, otsu_threshold(torch.from_numpy(images)).tolist()):
        sums = [within(image, level) for level in range(256)]
        assert sums[threshold] == pytest.approx(min(sums))
        assert sums.index(sums[threshold]) == threshold  # of equally good ones the lowest


@pytest.mark.parametrize("level", [0, 1, 128, 255])
def test_a_flat_image_has_its_level_and_no_foreground(level: int):
    flat = torch.full((2, 5, 5), level, dtype=torch.uint8)
    assert otsu_threshold(flat).tolist() == [level, level]
    assert not otsu_mask(flat).any()


def test_one_bright_pixel_is_the_foreground():
    image = torch.zeros(1, 4, 4, dtype=torch.uint8)
    image[0, 2, 1] = 1
    assert otsu_mask(image).equal(image.bool())


def test_an_image_alone_has_the_threshold_it_has_in_a_crowd():
    images = torch.randint(0, 256, (CHUNK + 3, 2, 3), dtype=torch.uint8)
    together = otsu_threshold(images)
    for place in (0, CHUNK - 1, CHUNK, CHUNK + 2):
        assert otsu_threshold(images[place : place + 1])[0] == together[place]
