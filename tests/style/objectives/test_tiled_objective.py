"""Judging in tiles: the same costs and slopes as at once, and no seams."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from triptych.frame.storage import images
from triptych.style.config import Statistics
from triptych.style.imaging.conversions import to_tensor
from triptych.style.imaging.pyramid import image_pyramid
from triptych.style.imaging.scales import resize
from triptych.style.networks._build import FileExtractor
from triptych.style.networks._extractor import FeatureExtractor
from triptych.style.objectives.feature_objective import FeatureMethod
from triptych.style.objectives.objective import Objective, ScaleInputs
from triptych.style.objectives.tiled_objective import TiledObjective


def picture(seed: int, height: int, width: int) -> Tensor:
    return torch.rand(1, 3, height, width, generator=torch.Generator().manual_seed(seed))


def scene(**changes: Any) -> ScaleInputs:
    given: dict[str, Any] = {
        "content": picture(0, 47, 62),
        "styles": (picture(1, 50, 44), picture(2, 36, 40) ** 2),
        "style_weights": (0.3, 0.7),
        "strength": 0.6,
    }
    return ScaleInputs(**(given | changes))


def alike(method: FeatureMethod, given: ScaleInputs, painted: Tensor, side: int) -> None:
    """Both judge alike; no pixel's slope is off, wherever the borders of tiles are."""
    once = method.objective(given).evaluate(painted)
    tiled = TiledObjective(method, given, side).evaluate(painted)
    assert tiled.total == pytest.approx(once.total, rel=1e-5)
    # distances are differences of numbers near 1, so they cannot be exact beyond those
    assert tiled.parts == pytest.approx(once.parts, rel=1e-4, abs=1e-6)
    one, other = once.gradient.double().flatten(), tiled.gradient.double().flatten()
    assert float(one @ other / (one.norm() * other.norm())) > 1 - 1e-7
    assert float((one - other).abs().max() / one.abs().max()) < 1e-3
    assert tiled.gradient.is_contiguous()


@pytest.mark.parametrize("kind", ["gram", "wasserstein"])
@pytest.mark.parametrize("side", [14, 32])
def test_tiles_are_judged_as_the_whole(tiny: FeatureExtractor, kind: Statistics, side: int) -> None:
    alike(FeatureMethod(tiny, statistics=kind), scene(), picture(3, 47, 62), side)


def test_regions_across_tiles_are_judged_as_whole_ones(tiny: FeatureExtractor) -> None:
    regions = torch.zeros(2, 47, 62)
    regions[0, :, :25], regions[1, 20:, 30:] = 1, 0.5
    alike(FeatureMethod(tiny), scene(regions=regions), picture(4, 47, 62), 20)


@pytest.mark.parametrize("strength", [0.0, 1.0])
def test_content_or_style_may_count_alone(tiny: FeatureExtractor, strength: float) -> None:
    method = FeatureMethod(tiny, layers={"relu1_1": 1.0}, content_layer="relu2_1", octaves=2)
    alike(method, scene(strength=strength), picture(5, 47, 62), 16)


def test_it_keeps_the_contract_and_the_picture(tiny: FeatureExtractor) -> None:
    objective, painted = TiledObjective(FeatureMethod(tiny), scene(), 20), picture(6, 47, 62)
    before = painted.clone()
    objective.evaluate(painted)
    assert isinstance(objective, Objective)
    assert torch.equal(painted, before)


def test_too_little_around_a_tile_would_be_seen(tiny: FeatureExtractor) -> None:
    method, painted = FeatureMethod(tiny, variation=0), picture(7, 47, 62)
    once = method.objective(scene()).evaluate(painted)
    bare = TiledObjective(method, scene(), 14, halo=0).evaluate(painted)
    assert bare.total != pytest.approx(once.total, rel=1e-3)


@pytest.mark.real
@pytest.mark.slow
def test_a_real_network_judges_tiles_as_the_whole(data: Callable[[str], Path]) -> None:
    path = data("style/vgg19_small16x_conv1_1_to_conv5_1.safetensors")
    method = FeatureMethod(FileExtractor(path, pooling="average"))
    content = to_tensor(images.read(data("style/paintings/starry_night_vangogh.jpg")))
    shrunk = resize(content, 200, 264)
    given = ScaleInputs(shrunk, (resize(content, 180, 200).flip(3),), (1.0,), 0.6)
    alike(method, given, (shrunk + 0.2 * picture(8, 200, 264)).clamp(0, 1), 96)


@pytest.mark.real
@pytest.mark.slow
def test_statistics_of_tiles_are_those_of_the_whole_picture(data: Callable[[str], Path]) -> None:
    path = data("style/vgg19_small16x_conv1_1_to_conv5_1.safetensors")
    method = FeatureMethod(FileExtractor(path, pooling="average"))
    content, hand = (
        to_tensor(images.read(data(f"style/{name}.jpg")))
        for name in ("content/golden_gate", "paintings/starry_night_vangogh")
    )
    painted = (0.7 * resize(hand, 480, 480) + 0.3 * resize(content, 480, 480)).contiguous()
    given = ScaleInputs(resize(content, 480, 480), (resize(hand, 320, 512),), (1.0,), 0.5)
    tiled = TiledObjective(method, given, 160)
    with torch.no_grad():
        _, whole = method.objective(given).content_loss_and_moments(painted)
        added = [
            tiled._total_moments(half, at)
            for at, half in enumerate(image_pyramid(painted, tiled.octaves))
        ]
    for octave, sums in zip(whole, added):
        for layer, (once,) in octave.items():
            (again,) = sums[layer]
            for one, other in ((once.mean, again.mean), (once.covariance, again.covariance)):
                assert float((one - other).norm() / one.norm()) < 1e-4, layer
