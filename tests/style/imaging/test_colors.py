import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from skimage.color import rgb2yiq

from triptych.style.imaging.colors import luminance, match_color_statistics, postprocess, preprocess


def picture(seed: int, height: int = 12, width: int = 9, low: float = 0.3, high: float = 0.7):
    drawn = torch.rand(1, 3, height, width, generator=torch.Generator().manual_seed(seed))
    return drawn * (high - low) + low


@given(seed=st.integers(0, 50))
def test_a_matched_style_has_the_contents_mean_and_covariance(seed: int):
    content, style = picture(seed, 40, 30, 0.45, 0.55), picture(seed + 100)
    moved = match_color_statistics(style, content)[0].flatten(1)
    wanted = content[0].flatten(1)
    torch.testing.assert_close(moved.mean(1), wanted.mean(1), atol=1e-3, rtol=0)
    torch.testing.assert_close(torch.cov(moved), torch.cov(wanted), atol=1e-4, rtol=0.05)


def test_a_picture_matched_to_itself_stays():
    style = picture(3)
    torch.testing.assert_close(match_color_statistics(style, style), style, atol=1e-5, rtol=0)


@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
def test_one_colour_can_be_matched_and_be_matched_to(value: float):
    flat = torch.full((1, 3, 4, 4), value)
    assert match_color_statistics(picture(1), flat).std() < 0.1
    assert torch.isfinite(match_color_statistics(flat, picture(1))).all()
    assert torch.isfinite(match_color_statistics(flat[..., :1, :1], picture(1))).all()


def test_luminance_is_that_of_scikit_image():
    drawn = picture(5, low=0.0, high=1.0)
    expected = torch.from_numpy(rgb2yiq(drawn[0].permute(1, 2, 0).double().numpy()))[..., 0]
    torch.testing.assert_close(luminance(drawn)[0, 0].double(), expected, atol=2e-4, rtol=0)


def test_the_contents_colours_come_back_under_the_paintings_light():
    content, painted = picture(1), picture(2)
    kept = postprocess(painted, content, "luminance")
    torch.testing.assert_close(luminance(kept), luminance(painted), atol=2e-3, rtol=0)
    there = torch.from_numpy(rgb2yiq(kept[0].permute(1, 2, 0).double().numpy()))[..., 1:]
    meant = torch.from_numpy(rgb2yiq(content[0].permute(1, 2, 0).double().numpy()))[..., 1:]
    torch.testing.assert_close(there, meant, atol=5e-3, rtol=0)


def test_a_painter_of_luminance_sees_grey_as_bright_as_the_content():
    content, style = picture(1), picture(2, 20, 20, 0.0, 0.4)
    grey, (lent,), start = preprocess(content, [style], style, "luminance")
    assert start is not None
    torch.testing.assert_close(start, luminance(style).expand(-1, 3, -1, -1))
    assert torch.equal(grey[:, 0], grey[:, 2]) and torch.equal(lent[:, 0], lent[:, 2])
    assert lent.mean() == pytest.approx(float(luminance(content).mean()), abs=1e-3)
    assert lent.is_contiguous() and grey.is_contiguous()


def test_the_styles_own_colours_need_nothing():
    content, style = picture(1), picture(2)
    seen, (given_,), start = preprocess(content, [style], style, "style")
    assert seen is content and given_ is start is style
    assert postprocess(style, content, "style") is style
