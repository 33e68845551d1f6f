"""The letterbox of a graph does what the predictor's does."""

import cv2
import numpy as np
import pytest
import torch

from triptych.multitask.deployment.letterbox import GraphLetterbox, fit_images
from triptych.multitask.inference.whole_image import prepare_whole
from triptych.multitask.structures.info import DatasetInfo

SIZES = [(32, 48), (64, 96), (53, 71), (301, 40), (33, 480), (1, 1), (90, 2)]


def picture(height: int, width: int) -> np.ndarray:
    noise = np.random.default_rng([height, width]).integers(0, 256, (height, width, 3), np.uint8)
    return cv2.GaussianBlur(noise, (0, 0), 1.5).reshape(height, width, 3)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("channels", [1, 3])
def test_pictures_are_fitted_as_by_opencv(size: tuple[int, int], channels: int):
    info, pixels = DatasetInfo("drawn", channels, 32, 48, ("label",)), picture(*size)
    letterbox = GraphLetterbox.of_size(*size, info)
    canvas, inverted = fit_images(torch.from_numpy(pixels)[None], letterbox, info)
    expected = prepare_whole(pixels, info).canvas.astype(float)
    apart = np.abs(canvas[0].permute(1, 2, 0).numpy() - expected)
    assert apart.max() <= 1 and (apart > 0).mean() < 0.01 and not inverted.any()


def test_an_enlarged_picture_is_a_grey_level_off_at_most():
    info, pixels = DatasetInfo("drawn", 3, 32, 48, ("label",)), picture(20, 21)
    letterbox = GraphLetterbox.of_size(20, 21, info)
    canvas, _ = fit_images(torch.from_numpy(pixels)[None], letterbox, info)
    expected = prepare_whole(pixels, info).canvas.astype(float)
    assert np.abs(canvas[0].permute(1, 2, 0).numpy() - expected).max() <= 1


def test_each_picture_of_a_batch_is_inverted_by_its_own_border():
    info = DatasetInfo("drawn", 1, 32, 48, ("label",), background="dark")
    light, dark = np.full((50, 60, 3), 250, np.uint8), np.full((50, 60, 3), 3, np.uint8)
    light[20:30, 20:30] = 7
    letterbox = GraphLetterbox.of_size(50, 60, info)
    canvas, inverted = fit_images(torch.from_numpy(np.stack([light, dark])), letterbox, info)
    assert inverted.tolist() == [True, False]
    for row, one in enumerate((light, dark)):
        expected = prepare_whole(one, info).canvas
        np.testing.assert_array_equal(canvas[row].permute(1, 2, 0).numpy(), expected)


@pytest.mark.parametrize("size", SIZES)
def test_answers_go_back_as_with_the_letterbox_of_the_predictor(size: tuple[int, int]):
    info, rng = DatasetInfo("drawn", 3, 32, 48, ("label",)), np.random.default_rng(0)
    ours = prepare_whole(picture(*size), info).placement
    graph = GraphLetterbox.of_size(*size, info)
    boxes, maps = rng.random((5, 4), np.float32) * 48, rng.random((32, 48), np.float32)
    sides = np.tile([ours.width, ours.height], 2)
    expected = ours.box_to_original(boxes).clip(0, sides)
    np.testing.assert_allclose(graph.boxes(torch.from_numpy(boxes)), expected, rtol=1e-5)
    circles = graph.circles(torch.from_numpy(boxes[:, :3]))
    expected = ours.circle_to_original(boxes[:, :3])
    np.testing.assert_allclose(circles, expected, rtol=1e-4, atol=1e-4)
    back = graph.probabilities(torch.from_numpy(maps)[None])[0].numpy()
    agree = (back > 0.5) == ours.mask_to_original(maps)
    assert agree[np.abs(back - 0.5) > 1e-5].all()
    classes = (maps * 5).astype(np.int64)
    back = graph.classes(torch.from_numpy(classes)[None])[0].numpy()
    np.testing.assert_array_equal(back, ours.classes_to_original(classes))
