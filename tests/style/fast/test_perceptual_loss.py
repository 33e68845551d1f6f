"""What a painting network is judged by: the costs of painting, over a batch."""

import pytest
import torch

from triptych.frame.errors import ImageError
from triptych.style.fast.config import FastStyleConfig
from triptych.style.fast.perceptual_loss import PerceptualLoss
from triptych.style.imaging.pyramid import downsample_2x
from triptych.style.losses.gatys import content_loss, layer_style_loss, total_variation
from triptych.style.networks._extractor import FeatureExtractor
from triptych.style.objectives.feature_objective import STYLE_WEIGHT

SETTINGS = FastStyleConfig(size=32, style_size=48, strength=0.7, variation=0.5, statistics="gram")


@pytest.fixture(scope="module")
def style() -> torch.Tensor:
    return torch.rand(1, 3, 48, 40, generator=torch.Generator().manual_seed(1))


@pytest.fixture(scope="module")
def judge(tiny: FeatureExtractor, style: torch.Tensor) -> PerceptualLoss:
    return PerceptualLoss(tiny, style, SETTINGS)


def pictures(count: int, seed: int = 0) -> torch.Tensor:
    return torch.rand(count, 3, 32, 32, generator=torch.Generator().manual_seed(seed))


def test_costs_are_those_of_their_formulas(
    judge: PerceptualLoss, tiny: FeatureExtractor, style: torch.Tensor
):
    painted, photo = pictures(1), pictures(1, 5)
    found = judge.forward(painted, photo)
    variation, layer = total_variation(painted), tiny.content_layer
    contents, layers = [], {name: [] for name in tiny.layers}
    for _ in range(3):  # 32, 16 and 8 pixels
        ours, theirs, aims = (
            tiny.extract(one, list(tiny.layers)) for one in (painted, photo, style)
        )
        cost = content_loss(ours[layer], theirs[layer])
        contents.append(cost / theirs[layer].square().mean())
        for name, maps in aims.items():
            nothing = layer_style_loss(torch.zeros_like(maps), maps)
            layers[name].append(layer_style_loss(ours[name], maps) / nothing)
        painted, photo, style = map(downsample_2x, (painted, photo, style))
    content = torch.stack(contents).mean()
    means = {name: torch.stack(costs).mean() for name, costs in layers.items()}
    manner = sum(share * means[name] for name, share in tiny.style_layers.items())
    total = 0.3 * content + 0.7 * STYLE_WEIGHT * manner + 0.5 * variation
    expected = {"total": total, "content": content, "style": manner, "variation": variation}
    expected |= {f"style/{name}": cost for name, cost in means.items()}
    assert found.keys() == expected.keys()
    for name, cost in expected.items():
        torch.testing.assert_close(found[name], cost, rtol=1e-4, atol=1e-6)


def test_costs_of_a_batch_are_means_of_its_pictures(judge: PerceptualLoss):
    painted, photos = pictures(3), pictures(3, 1)
    together = judge.forward(painted, photos)
    alone = [judge.forward(*pair) for pair in zip(painted.split(1), photos.split(1))]
    for name, cost in together.items():
        torch.testing.assert_close(cost, torch.stack([one[name] for one in alone]).mean())


def test_what_is_the_photo_has_its_content_and_what_is_the_style_its_hand(
    judge: PerceptualLoss, style: torch.Tensor
):
    assert judge.forward(pictures(2), pictures(2))["content"] == 0
    assert judge.forward(style, style)["style"] < 1e-6
    assert judge.forward(pictures(1), pictures(1))["style"] > 1e-3


def test_the_slope_is_that_of_the_cost(judge: PerceptualLoss):
    photo, start = pictures(1), pictures(1, 3).double().float().requires_grad_()
    (slope,) = torch.autograd.grad(judge.forward(start, photo)["total"], start)
    way = torch.randn(start.shape, generator=torch.Generator().manual_seed(4))
    with torch.no_grad():
        there, back = (judge.forward(start + 1e-3 * s * way, photo)["total"] for s in (1, -1))
    assert float((there - back) / 2e-3) == pytest.approx(float((slope * way).sum()), rel=0.02)


def test_a_small_style_is_enlarged_but_one_of_3_pixels_is_refused(tiny: FeatureExtractor):
    PerceptualLoss(tiny, torch.rand(1, 3, 16, 400), SETTINGS)
    with pytest.raises(ImageError, match="16 pixels or more a side, got 3×3"):
        PerceptualLoss(tiny, torch.rand(1, 3, 3, 3), SETTINGS)
