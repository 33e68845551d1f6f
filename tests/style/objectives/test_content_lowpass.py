"""Contents are held from afar, in the styles' colours, and most where there is much to see."""

import pytest
import torch
from torch import Tensor

from triptych.style.objectives.content_lowpass import (
    LOWPASS_SIZE,
    LowpassContentLoss,
    downsample,
    local_contrast,
    recolor_content,
)
from triptych.style.objectives.objective import ScaleInputs


def picture(seed: int, height: int = 40, width: int = 48) -> Tensor:
    return torch.rand(1, 3, height, width, generator=torch.Generator().manual_seed(seed))


def test_colours_are_lent_by_the_style_with_more_strength() -> None:
    dark, content = picture(1) / 4, picture(0)
    strong = recolor_content(ScaleInputs(content, (dark,), (1.0,), 0.5))
    torch.testing.assert_close(strong.mean((2, 3)), dark.mean((2, 3)), atol=1e-3, rtol=0)
    assert torch.equal(recolor_content(ScaleInputs(content, (dark,), (1.0,), 0.0)), content)


def test_outside_regions_colours_are_the_contents() -> None:
    left = torch.zeros(1, 40, 48)
    left[..., :24] = 1
    held = recolor_content(ScaleInputs(picture(0), (picture(1) / 4,), (1.0,), 1.0, left))
    torch.testing.assert_close(held[..., 24:], picture(0)[..., 24:])
    assert float(held[..., :24].mean()) < 0.2


def test_large_pictures_are_seen_from_afar() -> None:
    assert downsample(picture(0, 100, 2 * LOWPASS_SIZE)).shape == (1, 3, 50, LOWPASS_SIZE)
    assert downsample(picture(0, 1, 4 * LOWPASS_SIZE)).shape == (1, 3, 1, LOWPASS_SIZE)
    assert torch.equal(downsample(picture(0)), picture(0))


def test_a_content_is_held_most_where_there_is_most_to_see() -> None:
    half = torch.full((1, 3, 2 * LOWPASS_SIZE, 2 * LOWPASS_SIZE), 0.5)
    half[..., :LOWPASS_SIZE] = picture(0, 2 * LOWPASS_SIZE, LOWPASS_SIZE)
    seen = local_contrast(half)
    assert float(seen[..., : LOWPASS_SIZE // 3].mean()) > 20 * float(
        seen[..., -LOWPASS_SIZE // 3 :].mean()
    )
    assert float(seen.mean()) == pytest.approx(1, rel=1e-4)


def test_a_flat_picture_costs_one_where_all_is_held_alike() -> None:
    scene = ScaleInputs(picture(0), (picture(1),), (1.0,), 0.0)
    held = LowpassContentLoss(scene)
    assert float(held.loss(scene.content)) == 0
    flat = torch.full_like(scene.content, float(scene.content.mean()))
    assert float(held.loss(flat)) == pytest.approx(1, rel=0.05)
