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


def rgba(light: np.ndarray, opacity: np.ndarray) -> np.ndarray:
    return np.concatenate([light[..., None].repeat(3, 2), opacity[..., None]], 2)


def test_a_mask_is_brightness_times_opacity(tmp_path: Path):
    light = np.array([[0, 51, 255]], np.uint8)
    white = np.full_like(light, 255)
    images.save(tmp_path / "grey.png", light[..., None])
    images.save(tmp_path / "cutout.png", rgba(white, light))
    images.save(tmp_path / "opaque.png", rgba(light, white))
    for name in ("grey.png", "cutout.png", "opaque.png"):
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
    with pytest.raises(ConfigError, match=r"clear\.png is empty: nowhere is it both bright and"):
        read_mask(tmp_path / "clear.png")
    with pytest.raises(ConfigError, match=r"^mask 1 is empty"):
        load_mask((tmp_path / "clear.png").read_bytes(), (4, 4), "mask 1")
    images.save(tmp_path / "dark.png", rgba(np.zeros((4, 4), "u1"), np.tri(4, dtype="u1") * 255))
    with pytest.raises(ConfigError, match=r"dark\.png is empty.* Fill with opaque white"):
        read_mask(tmp_path / "dark.png")


def test_one_translucent_pixel_turns_no_mask_inside_out(tmp_path: Path):
    light = np.repeat(np.array([[255, 255, 0, 0]], np.uint8), 4, 0)
    opacity = np.full_like(light, 255)
    opacity[3, 3] = 250
    for mask in (rgba(light, opacity), Image.fromarray(rgba(light, opacity))):
        assert read_mask(mask).tolist() == [[1, 1, 0, 0]] * 4


def test_the_clear_part_of_a_mask_is_not_painted_in_whatever_form_it_comes(tmp_path: Path):
    light = np.full((4, 4), 255, np.uint8)
    pixels = rgba(light, np.repeat(np.array([[255, 255, 0, 0]], np.uint8), 4, 0))
    images.save(tmp_path / "mask.png", pixels)
    tensor = torch.from_numpy(pixels).permute(2, 0, 1)
    for mask in (tmp_path / "mask.png", pixels, Image.fromarray(pixels), tensor):
        assert read_mask(mask).tolist() == [[1, 1, 0, 0]] * 4
