"""Words of the command line become values, or an error that shows how to type them."""

import pytest

from triptych.cli.parsing import (
    check_settings,
    merge_flags,
    parse_assignments,
    parse_names,
    parse_split,
    parse_weights,
)
from triptych.faces.training.config import TripletConfig
from triptych.frame.config import TrainingConfig
from triptych.frame.errors import ConfigError, UnknownNameError


def test_names_may_be_typed_loosely() -> None:
    assert parse_names(" label,, box ,") == ["label", "box"]
    assert parse_names(None) is None and parse_names("") is None


def test_a_value_may_hold_an_equals_sign() -> None:
    assert parse_assignments(["path = a=b"]) == {"path": "a=b"}
    with pytest.raises(ConfigError, match=r"Expected NAME=VALUE, got 'ground'. For example --set"):
        parse_assignments(["ground"])


def test_weights_are_numbers() -> None:
    assert parse_weights("circle=3, digit=.5") == {"circle": 3.0, "digit": 0.5}
    assert parse_weights(None) == {}
    with pytest.raises(ConfigError, match="Expected a number for 'circle', got 'three'"):
        parse_weights("circle=three")
    with pytest.raises(ConfigError, match=r"got 'circle'. For example --weights circle=3"):
        parse_weights("circle")


def test_a_split_is_one_of_three() -> None:
    assert parse_split("validation") == "validation"
    with pytest.raises(UnknownNameError, match=r"no split 'valid'\. Did you mean 'validation'"):
        parse_split("valid")


def test_a_setting_is_said_once() -> None:
    with pytest.raises(ConfigError, match=r"'ground' is set twice"):
        parse_assignments(["ground=noise", "ground=flat"])
    kinds = (TrainingConfig, TripletConfig)
    assert merge_flags({"steps": "4"}, {"lr": 0.1, "seed": None}, kinds) == {
        "steps": "4",
        "lr": 0.1,
    }
    assert merge_flags({"seed": "4"}, {"seed": None}, kinds) == {"seed": "4"}
    with pytest.raises(ConfigError, match=r"'lr' is said twice: by --set lr=1"):
        merge_flags({"lr": "1"}, {"lr": 0.1}, kinds)
    with pytest.raises(ConfigError, match=r"'people' is said twice: by --set identities_per_batch"):
        merge_flags({"identities_per_batch": "4"}, {"people": 3}, kinds)


def test_what_has_an_option_of_its_own_is_not_set() -> None:
    check_settings({"lr": "1"}, ("lr", "ground"), ("limit",))
    with pytest.raises(ConfigError, match=r"Write --limit in place of --set limit=300\."):
        check_settings({"limit": "300"}, ("lr", "ground"), ("limit",))
    with pytest.raises(UnknownNameError, match=r"no setting 'grond'\. Did you mean 'ground'"):
        check_settings({"grond": "1"}, ("lr", "ground"), ("limit",))
