"""Help texts are made from configurations, so that no default is typed twice."""

from dataclasses import dataclass
from typing import Any

import pytest
import typer

from triptych.cli.options import format_value, nonempty_path, option_for, refuse_options
from triptych.frame.config import TrainingConfig, option
from triptych.frame.errors import ConfigError


@dataclass(frozen=True)
class Settings:
    side: int = option(64, "pixels of the longer side")
    names: tuple[str, ...] = option((), "names, separated by commas")
    limit: float | None = option(None, "stop here")


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("side", {}, "Pixels of the longer side (default 64)"),
        ("side", {"presets": {"side": 9}}, "Pixels of the longer side (default 9)"),
        ("limit", {}, "Stop here"),
        (
            "side",
            {"overridden_by": "style"},
            "Pixels of the longer side (default 64; a style may know better)",
        ),
    ],
)
def test_help_is_the_description_and_the_default(
    name: str, given: dict[str, Any], expected: str
) -> None:
    assert option_for(name, config=Settings, **given).help == expected


def test_training_options_are_the_usual_ones() -> None:
    made = option_for("epochs", "--epochs", min=1)
    assert str(TrainingConfig().epochs) in made.help
    assert made.min == 1


def test_values_are_shown_as_they_are_typed() -> None:
    shown = map(format_value, (True, False, (1, 2.5), [], "auto"))
    assert list(shown) == ["yes", "no", "1,2.5", "", "auto"]


def test_an_empty_name_is_no_path() -> None:
    assert nonempty_path("a/b").name == "b"
    with pytest.raises(typer.BadParameter, match="got nothing"):
        nonempty_path("")


def test_an_option_that_does_not_belong_is_refused_by_its_name():
    refuse_options("pets", {"--source": None, "--set": []})
    with pytest.raises(ConfigError, match="--source says nothing about pets"):
        refuse_options("pets", {"--source": "drawn"})
