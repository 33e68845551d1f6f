"""Clear parts: their alpha is kept, nothing is painted there, and they lend no color."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from scipy.ndimage import distance_transform_edt

from triptych import style
from triptych.frame.errors import ImageError
from triptych.frame.storage import images
from triptych.style.fast.apply import FastStyler
from triptych.style.fast.transformer_net import TransformerNet
from triptych.style.imaging.transparency import Content, flatten, read_content
from triptych.style.networks._extractor import FeatureExtractor

rng = np.random.default_rng(0)


def cutout(height: int = 30, width: int = 40) -> np.ndarray:
    """Noise that is opaque on the left, half opaque in a column, and clear on the right."""
    pixels = rng.integers(0, 256, (height, width, 4), "u1")
    pixels[:, : width // 2, 3], pixels[:, width // 2, 3], pixels[:, width // 2 + 1 :, 3] = (
        255,
        128,
        0,
    )
    return pixels


def test_an_opaque_image_has_no_alpha(tmp_path: Path):
    pixels = cutout()
    pixels[..., 3] = 255
    images.save(tmp_path / "opaque.png", pixels)
    for source in (pixels, tmp_path / "opaque.png", pixels[..., :3]):
        content = read_content(source)
        assert content.alpha is None and content.visible is None
        np.testing.assert_array_equal(content.pixels, pixels[..., :3])
        assert content.with_alpha(content.pixels) is content.pixels


def test_alpha_comes_from_any_kind_of_image(tmp_path: Path):
    pixels = cutout()
    images.save(tmp_path / "cut.png", pixels)
    tensor = torch.from_numpy(pixels).permute(2, 0, 1)
    for source in (tmp_path / "cut.png", pixels, Image.fromarray(pixels), tensor):
        alpha = read_content(source).alpha
        assert alpha is not None
        np.testing.assert_array_equal(alpha, pixels[..., 3])


def test_clear_pixels_have_the_color_of_the_nearest_that_is_not():
    pixels = cutout()
    content = read_content(pixels)
    clear = pixels[..., 3] == 0
    np.testing.assert_array_equal(content.pixels[~clear], pixels[..., :3][~clear])
    _, places = distance_transform_edt(clear, return_indices=True)
    expected = pixels[..., :3][places[0], places[1]]
    np.testing.assert_array_equal(content.pixels, expected)  # the edge is straight: no ties


def test_an_image_that_is_clear_everywhere_is_refused():
    with pytest.raises(ImageError, match="transparent everywhere"):
        read_content(np.zeros((4, 4, 4), np.uint8))


def test_regions_end_where_the_content_is_clear():
    content = read_content(cutout(4, 6))
    shares = content.restrict(None, 2)
    assert shares is not None and shares[:, 0].tolist() == [[0.5] * 4 + [0] * 2] * 2
    mask = np.ones((1, 4, 6), np.float32) * np.float32(0.25)
    limited = content.restrict(mask, 1)
    assert limited is not None and limited[0, 0].tolist() == [0.25] * 4 + [0] * 2
    opaque = Content(content.pixels, None)
    assert opaque.restrict(None, 2) is None and opaque.restrict(mask, 1) is mask


def test_what_is_flattened_lies_on_white():
    pixels = cutout()
    on_white = Image.alpha_composite(Image.new("RGBA", (40, 30), "white"), Image.fromarray(pixels))
    assert np.abs(flatten(pixels).astype(int) - np.array(on_white.convert("RGB"))).max() <= 1


def test_painting_keeps_the_alpha_and_what_is_clear_decides_nothing(tiny: FeatureExtractor):
    """What lies under the clear part of a content may be anything: the painting is the same."""
    one, two = cutout(), cutout()
    two[..., :3] = one[..., :3]
    two[one[..., 3] == 0, :3] = 99
    wave = rng.integers(0, 256, (30, 30, 3), "u1")
    method = style.FeatureMethod(tiny)
    painted = [
        style.paint(content, wave, method=method, size=40, steps=(3,)).image
        for content in (one, two)
    ]
    assert painted[0].shape == (30, 40, 4)
    np.testing.assert_array_equal(painted[0][..., 3], one[..., 3])
    np.testing.assert_array_equal(painted[0], painted[1])
    seen = painted[0][:, :18, :3].astype(int) - one[:, :18, :3]
    assert np.abs(seen).max() > 5


@pytest.mark.parametrize("size", [None, 20])
def test_a_network_keeps_the_alpha_at_the_size_it_paints(size: int | None):
    pixels = cutout()
    painted = FastStyler(TransformerNet(4, 1)).paint(pixels, size=size)
    height, width = (30, 40) if size is None else (15, 20)
    assert painted.shape == (height, width, 4)
    expected = images.resize(pixels[..., 3:], height, width)[..., 0]
    np.testing.assert_array_equal(painted[..., 3], expected)
