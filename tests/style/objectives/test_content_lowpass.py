"""Contents are held from afar, in the styles' colours, and most where there is much to see."""

import pytest
import torch
from torch import Tensor

from triptych.style.objectives.content_lowpass import HELD, Held, coarse, detail, recoloured
from triptych.style.objectives.objective import Scene


def picture(seed: int, height: int = 40, width: int = 48) -> Tensor:
    return torch.rand(1, 3, height, width, generator=torch.Generator().manual_seed(seed))


def test_colours_are_lent_by_the_style_with_more_strength() -> None:
    dark, content = picture(1) / 4, picture(0)
    strong = recoloured(Scene(content, (dark,), (1.0,), 0.5))
    torch.testing.assert_close(strong.mean((2, 3)), dark.mean((2, 3)), atol=1e-3, rtol=0)
    assert torch.equal(recoloured(Scene(content, (dark,), (1.0,), 0.0)), content)


def test_outside_regions_colours_are_the_contents() -> None:
    left = torch.zeros(1, 40, 48)
    left[..., :24] = 1
    held = recoloured(Scene(picture(0), (picture(1) / 4,), (1.0,), 1.0, left))
    torch.testing.assert_close(held[..., 24:], picture(0)[..., 24:])
    assert float(held[..., :24].mean()) < 0.2


def test_large_pictures_are_seen_from_afar() -> None:
    assert coarse(picture(0, 100, 2 * HELD)).shape == (1, 3, 50, HELD)
    assert coarse(picture(0, 1, 4 * HELD)).shape == (1, 3, 1, HELD)
    assert torch.equal(coarse(picture(0)), picture(0))


def test_a_content_is_held_most_where_there_is_most_to_see() -> None:
    half = torch.full((1, 3, 2 * HELD, 2 * HELD), 0.5)
    half[..., :HELD] = picture(0, 2 * HELD, HELD)
    seen = detail(half)
    assert float(seen[..., : HELD // 3].mean()) > 20 * float(seen[..., -HELD // 3 :].mean())
    assert float(seen.mean()) == pytest.approx(1, rel=1e-4)


def test_a_flat_picture_costs_one_where_all_is_held_alike() -> None:
    scene = Scene(picture(0), (picture(1),), (1.0,), 0.0)
    held = Held(scene)
    assert float(held.cost(scene.content)) == 0
    flat = torch.full_like(scene.content, float(scene.content.mean()))
    assert float(held.cost(flat)) == pytest.approx(1, rel=0.05)
