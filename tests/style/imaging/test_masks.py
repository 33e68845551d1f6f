from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from skimage.filters import gaussian

from triptych.frame.errors import ConfigError
from triptych.frame.storage import images
from triptych.style.imaging.masks import (
    check_and_resize_mask,
    feather,
    load_mask,
    masks_to_regions,
    read_mask,
)


def half(height: int = 20, width: int = 30) -> np.ndarray:
    mask = np.zeros((height, width), np.float32)
    mask[:, : width // 2] = 1
    return mask


def test_a_mask_of_the_same_shape_is_stretched():
    assert check_and_resize_mask(half(), (40, 60), "mask.png").shape == (40, 60)
    np.testing.assert_array_equal(check_and_resize_mask(half(), (20, 30), "mask.png"), half())


def test_a_mask_of_another_shape_is_refused_with_both_sizes():
    with pytest.raises(ConfigError, match=r"content \(30×40\), but sky\.png is 30×20"):
        check_and_resize_mask(half(), (40, 30), "sky.png")


@pytest.mark.parametrize("value", [0.0, 0.4, 1.5, -0.5, np.nan])
def test_a_mask_without_a_place_to_paint_is_refused(value: float):
    with pytest.raises(ConfigError, match=r"sky\.png"):
        check_and_resize_mask(np.full((4, 4), value, np.float32), (4, 4), "sky.png")


def test_soft_edges_are_those_of_a_gaussian():
    expected = gaussian(half(), sigma=2, mode="nearest", truncate=5)
    np.testing.assert_allclose(feather(half(), 4), expected, atol=0.01)
    np.testing.assert_array_equal(feather(half(), 0), half())


@pytest.mark.parametrize("reach", [-1.0, 1e9, float("nan"), float("inf")])
def test_an_edge_that_cannot_be_is_refused(reach: float):
    with pytest.raises(ConfigError, match="soft edge"):
        feather(half(), reach)


def test_styles_share_what_their_masks_share():
    left, all_ = half(), np.ones((20, 30), np.float32)
    shares = masks_to_regions([left, all_], 2)
    assert shares[:, 0, 0].tolist() == [0.5, 0.5] and shares[:, 0, -1].tolist() == [0, 1]


def test_one_mask_bounds_all_styles():
    shares = masks_to_regions([half()], 2)
    assert shares[:, 0, 0].tolist() == [0.5, 0.5] and shares[:, 0, -1].tolist() == [0, 0]


def test_other_numbers_of_masks_are_refused():
    with pytest.raises(ConfigError, match=r"each style \(3\), got 2"):
        masks_to_regions([half(), half()], 3)


def test_a_mask_is_read_from_opacity_or_from_light(tmp_path: Path):
    light = np.array([[0, 51, 255]], np.uint8)[..., None]
    images.save(tmp_path / "grey.png", light)
    images.save(tmp_path / "cutout.png", np.concatenate([255 - light.repeat(3, 2), light], 2))
    for name in ("grey.png", "cutout.png"):
        for source in (tmp_path / name, str(tmp_path / name), (tmp_path / name).read_bytes()):
            assert read_mask(source)[0].tolist() == pytest.approx([0, 0.2, 1])


@pytest.mark.parametrize(
    "mask",
    [
        np.array([[0, 51, 255]], np.uint8),
        np.array([[0, 0.2, 1]], np.float32),
        torch.tensor([[[0, 0.2, 1]]]),
        Image.fromarray(np.array([[0, 51, 255]], np.uint8)),
    ],
    ids=["uint8", "float", "tensor", "PIL"],
)
def test_a_mask_may_be_any_image(mask: Any):
    assert read_mask(mask)[0].tolist() == pytest.approx([0, 0.2, 1])


def test_a_mask_of_booleans_is_painted_where_it_is_true():
    np.testing.assert_array_equal(load_mask(half() > 0, (20, 30)), half())


def test_a_cut_out_of_nothing_is_no_mask(tmp_path: Path):
    images.save(tmp_path / "clear.png", np.full((4, 4, 4), (255, 255, 255, 9), np.uint8))
    with pytest.raises(ConfigError, match=r"clear\.png is empty: nowhere is it opaque"):
        read_mask(tmp_path / "clear.png")
    with pytest.raises(ConfigError, match=r"^mask 1 is empty"):
        load_mask((tmp_path / "clear.png").read_bytes(), (4, 4), "mask 1")
