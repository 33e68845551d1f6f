"""The settings: presets, ranges, and the table of them in the docs."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from triptych.multitask.augmentation.config import (
    COLOR,
    GEOMETRY,
    OTHERS,
    PRESETS,
    AugmentationConfig,
)

PAGE = Path(__file__).parents[3] / "docs" / "augmentation.md"


def test_a_level_fills_in_what_is_not_given() -> None:
    config = AugmentationConfig(level="strong", rotate=5)
    assert (config.rotate, config.scale) == (5, PRESETS["strong"]["scale"])


def test_the_defaults_are_those_of_light() -> None:
    assert AugmentationConfig() == AugmentationConfig(level="light")
    fields = AugmentationConfig.model_fields
    assert all(fields[name].default == value for name, value in PRESETS["light"].items())


def test_a_config_survives_json() -> None:
    config = AugmentationConfig(level="strong", flip=0.1, keypoint_pairs=((0, 1), (2, 3)))
    assert AugmentationConfig.model_validate_json(config.model_dump_json()) == config


def test_level_none_changes_nothing_but_what_is_asked_for() -> None:
    assert not AugmentationConfig(level="none").changes_images
    only = AugmentationConfig(level="none", vertical_flip=0.5)
    assert only.changes_images and only.moves_pixels and not only.changes_colors


def test_every_strength_is_known_to_decide_whether_images_change() -> None:
    strengths = {*GEOMETRY, *COLOR, *OTHERS}
    sizes = {"level", "blur_sigma", "erase_area", "keypoint_pairs"}
    assert strengths | sizes == set(AugmentationConfig.model_fields)
    assert set(PRESETS["light"]) <= strengths


@pytest.mark.parametrize(
    "slip",
    [{"flip": 1.5}, {"rotate": -1}, {"level": "mad"}, {"turn": 1}, {"keypoint_pairs": ((-1, 0),)}],
)
def test_a_slip_is_refused(slip: dict) -> None:
    with pytest.raises(ValidationError):
        AugmentationConfig(**slip)


def shown(value: object) -> str:
    return "none" if value == () else f"{value:g}" if isinstance(value, float) else str(value)


def test_the_table_in_the_docs_is_that_of_the_settings() -> None:
    rows = re.findall(r"(?m)^\| `(\w+)` \| (.*?) \| (.*?) \| (.*?) \|$", PAGE.read_text())
    strong = AugmentationConfig(level="strong")
    expected = [
        (name, shown(field.default), shown(getattr(strong, name)), field.description)
        for name, field in AugmentationConfig.model_fields.items()
        if name != "level"
    ]
    assert rows == expected
