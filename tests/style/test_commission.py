"""What a painting is asked for: checked when it is made, changed, told and repeated."""

import inspect
import json
from pathlib import Path
from typing import Any

import pytest

from triptych.frame.errors import BadRun, BadSetting, UnknownName
from triptych.style.commission import Commission
from triptych.style.settings import Settings

PLACE = Path("runs/a/run.json")
PLAIN = Commission("a/photo.jpg", ("wave.png", "night.png"), Settings(shares=(2.0, 1.0)))


def test_pictures_are_named_by_what_they_are():
    asked = PLAIN.changed({"masks": ("sky.png",), "init": "image", "start": "begun.png"})
    assert asked.pictures == {
        **{"content": "a/photo.jpg", "start": "begun.png"},
        **{"style 1": "wave.png", "style 2": "night.png", "mask 1": "sky.png"},
    }
    assert "start" not in PLAIN.pictures
    assert PLAIN.title == "photo · wave + night"


def test_a_change_finds_whether_it_is_a_setting_an_option_or_its_own():
    asked = PLAIN.changed({"strength": 0.9, "pooling": "max", "colours": "match"})
    assert (asked.settings.strength, asked.options, asked.colours) == (
        *(0.9, {"pooling": "max"}),
        "match",
    )
    again = asked.changed({"octaves": 2})
    assert again.options == {"pooling": "max", "octaves": 2}
    assert again.settings.shares == (2.0, 1.0)
    assert PLAIN.settings.strength == Settings.strength  # is as it was


def test_what_was_told_as_json_is_the_same_commission():
    asked = PLAIN.changed({"steps": (4, 3), "masks": ("sky.png",), "soft": 2.0, "half": True})
    told = json.loads(json.dumps(asked.json()))
    assert Commission.from_json(told, PLACE) == asked


@pytest.mark.parametrize(
    "told", [{}, {"settings": {}}, {"settings": None}, {**PLAIN.json(), "colour": "style"}]
)
def test_what_tells_of_no_painting_is_refused_by_the_name_of_its_file(told: dict[str, Any]):
    with pytest.raises(BadRun, match=r"^runs/a/run\.json tells of no painting"):
        Commission.from_json(told, PLACE)


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
    with pytest.raises(UnknownName, match=told):
        inspect.unwrap(Commission.changed)(PLAIN, changes)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"shares": (1.0,)}, r"a share for each style \(2\), got 1"),
        ({"shares": (1e308, 1e308)}, "finite shares"),
        ({"max_memory": "much"}, "4G or 500M"),
        ({"soft": 3.0}, "Add --mask"),
        ({"features": "patches", "octaves": 2}, "they have no --sweep octaves"),
        ({"features": "patches", "content_layer": "relu1_1"}, "they have no --content-layer"),
    ],
)
def test_settings_that_do_not_fit_are_refused(changes: dict[str, Any], told: str):
    with pytest.raises(BadSetting, match=told):
        PLAIN.changed(changes)
