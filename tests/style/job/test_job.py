"""What a painting is asked for: checked when it is made, changed, told and repeated."""

import inspect
import json
from pathlib import Path
from typing import Any

import pytest

from triptych.frame.errors import ConfigError, RunError, UnknownNameError
from triptych.style.job.job import TransferJob
from triptych.style.optimization.config import TransferConfig

PLACE = Path("runs/a/run.json")
PLAIN = TransferJob(
    "a/photo.jpg", ("wave.png", "night.png"), TransferConfig(style_weights=(2.0, 1.0))
)


def test_pictures_are_named_by_what_they_are():
    asked = PLAIN.with_changes({"masks": ("sky.png",), "init": "image", "start": "begun.png"})
    assert asked.input_files == {
        **{"content": "a/photo.jpg", "start": "begun.png"},
        **{"style 1": "wave.png", "style 2": "night.png", "mask 1": "sky.png"},
    }
    assert "start" not in PLAIN.input_files
    assert PLAIN.title == "photo · wave + night"


def test_a_change_finds_whether_it_is_a_setting_an_option_or_its_own():
    asked = PLAIN.with_changes({"strength": 0.9, "pooling": "max", "colours": "match"})
    assert (asked.settings.strength, asked.options, asked.colors) == (
        *(0.9, {"pooling": "max"}),
        "match",
    )
    again = asked.with_changes({"octaves": 2})
    assert again.options == {"pooling": "max", "octaves": 2}
    assert again.settings.style_weights == (2.0, 1.0)
    assert PLAIN.settings.strength == TransferConfig.strength  # is as it was


def test_what_was_told_as_json_is_the_same_commission():
    asked = PLAIN.with_changes({"steps": (4, 3), "masks": ("sky.png",), "soft": 2.0, "half": True})
    asked = asked.with_changes({"layers": {"relu1_1": 1.0}, "content_layer": None})
    asked = asked.with_changes({"masks": ("no text \udc80.png",)})
    told = json.loads(json.dumps(asked.to_dict()))
    assert TransferJob.from_dict(told, PLACE) == asked


@pytest.mark.parametrize(
    "told", [{}, {"settings": {}}, {"settings": None}, {**PLAIN.to_dict(), "colour": "style"}]
)
def test_what_tells_of_no_painting_is_refused_by_the_name_of_its_file(told: dict[str, Any]):
    with pytest.raises(RunError, match=r"^runs/a/run\.json tells of no painting"):
        TransferJob.from_dict(told, PLACE)


@pytest.mark.parametrize(
    ("changes", "slip"),
    [
        ({"settings": {"size": "x"}}, "'settings.size'.*got 'x'"),
        ({"settings": {"size": None}}, "'settings.size'.*got None"),
        ({"settings": {"steps": 5}}, "'settings.steps'.*got 5"),
        ({"settings": {"steps": "ab"}}, "'settings.steps'.*got 'ab'"),
        ({"settings": {"steps": ["a"]}}, r"'settings.steps.0'.*got 'a'"),
        ({"settings": {"paint": 5}}, "'settings.paint'.*got 5"),
        ({"settings": {"strength": 2}}, "'settings.strength'.*got 2"),
        ({"content": 5}, "'content'.*got 5"),
        ({"content": "a\0b"}, "'content'.*got 'a"),
        ({"content": "\ud800"}, "'content'.*got"),
        ({"styles": []}, "at least one style, got none"),
        ({"features": None}, "'features'.*got None"),
        ({"device": None}, "'device'.*got None"),
        ({"masks": None}, "'masks'.*got None"),
        ({"masks": [5]}, "'masks.0'.*got 5"),
        ({"options": 5}, "'options'.*got 5"),
        ({"options": {"variation": "x"}}, "'options.variation'.*got 'x'"),
        ({"options": {"layers": [1]}}, r"'options.layers'.*got \[1\]"),
        ({"options": {"layers": {"relu1_1": "x"}}}, r"'options.layers.relu1_1'.*got 'x'"),
        ({"options": {"content_layer": 5}}, "'options.content_layer'.*got 5"),
        ({"options": {"layer": 5}}, "no option of --features 'layer'"),
    ],
    ids=str,
)
def test_what_was_altered_by_hand_is_told_with_what_was_expected(
    changes: dict[str, Any], slip: str
):
    with pytest.raises(RunError, match=rf"(?s)^runs/a/run\.json .*{slip}") as told:
        TransferJob.from_dict({**PLAIN.to_dict(), **changes}, PLACE)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"strenght": 1}, "setting of painting 'strenght'. Did you mean 'strength'"),
        ({"pooling": "averge"}, "Did you mean 'average'"),
        ({"statistics": "grams"}, "no kind of statistics 'grams'. Did you mean 'gram'"),
        ({"colours": "lumin"}, "Did you mean 'luminance'"),
        ({"optimizer": "adams"}, "Did you mean 'adam'"),
    ],
)
def test_a_name_there_is_none_of_is_told_with_the_nearest(changes: dict[str, Any], told: str):
    with pytest.raises(UnknownNameError, match=told):
        inspect.unwrap(TransferJob.with_changes)(PLAIN, changes)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"style_weights": (1.0,)}, r"a share for each style \(2\), got 1"),
        ({"style_weights": (1e308, 1e308)}, "finite shares"),
        ({"max_memory": "much"}, "4G or 500M"),
        ({"soft": 3.0}, "Add --mask"),
        ({"features": "patches", "octaves": 2}, "they have no --sweep octaves"),
        ({"features": "patches", "content_layer": "relu1_1"}, "they have no --content-layer"),
    ],
)
def test_settings_that_do_not_fit_are_refused(changes: dict[str, Any], told: str):
    with pytest.raises(ConfigError, match=told):
        PLAIN.with_changes(changes)
