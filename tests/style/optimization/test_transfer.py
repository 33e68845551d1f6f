"""Painting from first to last: pixels in, a picture and its history out."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from triptych.frame.errors import ConfigError, UnknownNameError
from triptych.frame.progress import ProgressEvent
from triptych.frame.storage import images
from triptych.style.networks._extractor import FeatureExtractor
from triptych.style.objectives.feature_objective import FeatureMethod
from triptych.style.optimization.transfer import TransferConfig, transfer


def pixels(seed: int, height: int = 30, width: int = 40) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def test_a_painting_tells_each_step_and_what_it_was_painted_by(tiny: FeatureExtractor) -> None:
    told: list[ProgressEvent] = []
    painted = transfer(
        pixels(0),
        pixels(1),
        method=FeatureMethod(tiny),
        progress=told.append,
        size=24,
        steps=(3, 2),
    )
    assert painted.image.shape == (18, 24, 3)
    assert painted.settings == TransferConfig(size=24, steps=(3, 2))
    assert [(step.done, step.total) for step in told] == [(done, 5) for done in range(1, 6)]
    assert [step.metrics["total"] for step in told] == [row.total for row in painted.history]
    assert painted.seconds > 0


def test_grey_content_with_its_own_colours_stays_grey(tiny: FeatureExtractor) -> None:
    grey = pixels(0)[..., :1].repeat(3, 2)
    painted = transfer(
        *(grey, pixels(1)), method=FeatureMethod(tiny), colors="luminance", size=24, steps=(5,)
    )
    assert np.ptp(painted.image.astype(int), axis=2).max() <= 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"size": 0},
        {"strength": 1.5},
        {"strength": float("nan")},
        {"style_scale": 0.0},
        {"style_scale": float("nan")},
        {"seed": -1},
        {"steps": (0,)},
        {"init": "image"},
    ],
)
def test_settings_out_of_range_are_refused(tiny: FeatureExtractor, wrong: dict) -> None:
    with pytest.raises(ConfigError):
        transfer(pixels(0), pixels(1), method=FeatureMethod(tiny), **wrong)


def test_a_setting_there_is_none_of_is_refused_with_the_nearest(tiny: FeatureExtractor) -> None:
    with pytest.raises(UnknownNameError, match="'strength'"):
        transfer(pixels(0), pixels(1), method=FeatureMethod(tiny), strenght=0.2)


@pytest.mark.parametrize(
    ("wrong", "nearest"),
    [
        ("colour", "colors"),
        ("mask", "masks"),
        ("methods", "method"),
        ("content_weigth", "content_"),
    ],
)
def test_a_keyword_there_is_none_of_names_the_nearest(
    tiny: FeatureExtractor, wrong: str, nearest: str
) -> None:
    with pytest.raises(UnknownNameError, match=f"Did you mean '{nearest}"):
        transfer(pixels(0), pixels(1), **{"method": FeatureMethod(tiny), wrong: "style"})


QUICK: dict[str, Any] = {"size": 24, "steps": (2,)}


def test_images_are_given_as_anything(tiny: FeatureExtractor, tmp_path: Path) -> None:
    """A path, its text, bytes, a PIL image, floats and a tensor paint what the array paints."""
    images.save(tmp_path / "a.png", pixels(0))
    expected = transfer(pixels(0), pixels(1), method=FeatureMethod(tiny), **QUICK).image
    path = tmp_path / "a.png"
    tensor = torch.from_numpy(pixels(0)).permute(2, 0, 1)
    every = (path, str(path), path.read_bytes(), Image.open(path), pixels(0) / 255, tensor)
    for content in every:
        painted = transfer(content, [pixels(1)], method=FeatureMethod(tiny), **QUICK)
        np.testing.assert_array_equal(painted.image, expected)


def test_float_images_are_not_black(tiny: FeatureExtractor) -> None:
    light = np.full((30, 40, 3), 0.9, np.float32)
    painted = transfer(light, light, method=FeatureMethod(tiny), **QUICK).image
    assert painted.mean() > 200


def test_a_mask_leaves_the_rest_as_it_was(tiny: FeatureExtractor) -> None:
    mask = np.zeros((30, 40), bool)
    mask[:, :20] = True
    method = FeatureMethod(tiny)
    painted = transfer(
        *(pixels(0), pixels(1)), method=method, masks=mask, soft=0, size=40, steps=(3,)
    ).image
    np.testing.assert_array_equal(painted[:, 22:], pixels(0)[:, 22:])
    assert (painted[:, :18] != pixels(0)[:, :18]).mean() > 0.5
    with pytest.raises(ConfigError, match="masks or regions, got both"):
        transfer(
            *(pixels(0), pixels(1)),
            method=method,
            masks=mask,
            regions=np.ones((1, 30, 40), np.float32),
        )


def test_weights_paint_as_the_strength_of_their_ratio(tiny: FeatureExtractor) -> None:
    by_weights, by_strength = (
        transfer(pixels(0), pixels(1), method=FeatureMethod(tiny), **QUICK, **how)
        for how in ({"content_weight": 1.0, "style_weight": 24.0}, {"strength": 0.75})
    )
    np.testing.assert_array_equal(by_weights.image, by_strength.image)
    row = by_weights.history[-1]
    parts = row.parts
    style = (parts["style/relu1_1"] + parts["style/relu2_1"]) / 2
    total = 0.25 * (parts["content"] + 24 * style) + 0.07 * parts["variation"]
    assert row.total == pytest.approx(total, rel=1e-5)


def test_a_method_may_be_named() -> None:
    painted = transfer(pixels(0), pixels(1), method="patches", seed=3, **QUICK)
    assert set(painted.history[0].parts) == {
        *("content", "style/patches", "style/nearest", "variation")
    }
