"""Resampling against numbers by hand and against OpenCV and SciPy."""

import math

import cv2
import numpy as np
import torch
from scipy import ndimage

from triptych.frame.rng import CounterRNG
from triptych.multitask import Batch, Target
from triptych.multitask.augmentation.similarity import Similarity
from triptych.multitask.augmentation.warp import border_color, is_map, is_mask, warp


def transform(
    degrees: float = 0, scale: float = 1, shift: tuple[float, float] = (0, 0), mirror: bool = False
) -> Similarity:
    angle = math.radians(degrees)
    turn = torch.tensor([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    if mirror:
        turn[:, 0] *= -1
    return Similarity(
        scale * turn[None], torch.tensor([shift]).float(), torch.tensor([scale]).float()
    )


def smooth_image(height: int, width: int) -> torch.Tensor:
    noise = CounterRNG([3], torch.arange(1)).uniform("image", 3, height, width)
    return torch.from_numpy(cv2.GaussianBlur(noise[0].permute(1, 2, 0).numpy(), (0, 0), 2)).permute(
        2, 0, 1
    )[None]


def test_a_mirror_is_exact() -> None:
    images = torch.rand(1, 3, 6, 8, generator=torch.Generator().manual_seed(0))
    semantic = torch.arange(48).view(1, 6, 8)
    batch = Batch.of(images, torch.arange(1), semantic=semantic, mask=semantic % 3 == 0)
    moved = warp(batch, transform(shift=(8, 0), mirror=True))
    torch.testing.assert_close(moved.images, images.flip(3), atol=1e-5, rtol=0)
    assert (moved["semantic"] == semantic.flip(2)).all()
    assert (moved["mask"] == (semantic % 3 == 0).flip(2)).all()


def test_a_shift_shows_the_border_color_and_says_what_is_not_picture() -> None:
    images = torch.full((1, 1, 4, 4), 0.25)
    images[:, :, 1:3, 1:3] = 1
    ones = torch.ones(1, 4, 4)
    batch = Batch.of(
        images, torch.arange(1), semantic=ones.long(), mask=ones.bool(), known=ones.to(torch.int8)
    )
    moved = warp(batch, transform(shift=(2, 0)))
    assert moved.images[0, 0, 1].tolist() == [0.25, 0.25, 0.25, 1]
    assert moved["semantic"][0, 1].tolist() == [-1, -1, 1, 1]
    assert moved["mask"][0, 1].tolist() == [False, False, True, True]
    assert moved["known"][0, 1].tolist() == [0, 0, 1, 1]


def test_what_is_not_known_of_a_mask_moves_with_it() -> None:
    mask = torch.tensor([[[0, 1, -1, 0]]], dtype=torch.int8)
    moved = warp(
        Batch.of(torch.zeros(1, 1, 1, 4), torch.arange(1), mask=mask), transform(shift=(1, 0))
    )
    assert moved["mask"].tolist() == [[[0, 0, 1, -1]]]
    assert moved["mask"].dtype == torch.int8


def test_the_image_that_is_given_stays() -> None:
    images = torch.rand(1, 3, 6, 8)
    before = images.clone()
    warp(Batch.of(images, torch.arange(1)), transform(10))
    assert (images == before).all()


def test_images_agree_with_opencv() -> None:
    image = smooth_image(40, 60)
    similarity = transform(25, 1.3, (-4.3, -21.7))
    # OpenCV counts from the centers of pixels
    linear, offset = similarity.linear[0].numpy(), similarity.offset[0].numpy()
    shift = linear @ np.array([0.5, 0.5]) + offset - 0.5
    expected = cv2.warpAffine(
        image[0].permute(1, 2, 0).numpy(), np.column_stack([linear, shift]), (60, 40)
    )
    valid = cv2.warpAffine(np.ones((40, 60)), np.column_stack([linear, shift]), (60, 40)) == 1
    got = warp(Batch.of(image, torch.arange(1)), similarity).images[0].permute(1, 2, 0).numpy()
    assert valid.mean() > 0.5
    # OpenCV rounds places to 1/32 pixel
    assert np.abs(got - expected)[valid].max() < 0.01


def test_class_maps_agree_with_scipy() -> None:
    classes = torch.arange(12).view(1, 3, 4).repeat_interleave(10, 1).repeat_interleave(10, 2)
    similarity = transform(-15, 0.8, (5.1, 12.3))
    batch = Batch.of(torch.zeros(1, 1, 30, 40), torch.arange(1), semantic=classes)
    got = warp(batch, similarity)["semantic"][0].numpy()
    inverse = np.linalg.inv(similarity.linear[0].numpy())[::-1, ::-1]  # rows, columns
    start = inverse @ (0.5 - similarity.offset[0].numpy()[::-1]) - 0.5
    places = np.mgrid[:30, :40].astype(float)
    there = np.einsum("ij,jrc->irc", inverse, places) + start[:, None, None]
    expected = ndimage.map_coordinates(
        classes[0].numpy(), there, order=0, mode="grid-constant", cval=-1
    )
    inside = (got >= 0) & (expected >= 0)
    assert inside.mean() > 0.5
    assert (got == expected).mean() > 0.995  # ties between two pixels


def test_the_border_color_is_that_of_most_of_the_border() -> None:
    images = torch.zeros(1, 1, 10, 10)
    images[:, :, 0, :] = 1
    images[:, :, 3:7, 3:7] = 0.7
    assert border_color(images).tolist() == [[0]]
    images[:, :, :, 0] = images[:, :, :, -1] = 1
    assert border_color(images).tolist() == [[1]]


def test_maps_are_known_by_their_shape_and_kind() -> None:
    batch = Batch.of(torch.zeros(2, 1, 4, 5), torch.arange(2), label=Target(torch.zeros(2).long()))
    assert is_map(torch.zeros(2, 4, 5, dtype=torch.bool), batch)
    assert not is_map(torch.zeros(2, 4, 5), batch)
    assert not is_map(torch.zeros(2, 5, 4, dtype=torch.bool), batch)
    assert is_mask(torch.zeros(1, dtype=torch.int8))
    assert not is_mask(torch.zeros(1).long())
