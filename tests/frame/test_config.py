"""Training settings: layers, ranges and names; each slip told in one line."""

import subprocess
import sys
from dataclasses import asdict, dataclass, fields

import pytest

from triptych.frame.config import TrainingConfig, descriptions, option, partition, validate
from triptych.frame.errors import ConfigError, UnknownNameError


def test_later_layers_lie_over_earlier_ones_and_none_changes_nothing():
    merged = TrainingConfig.merge({"epochs": 3, "lr": 0.1}, {"epochs": 5, "lr": None})
    assert (merged.epochs, merged.lr) == (5, 0.1)
    assert merged.batch == TrainingConfig().batch


def test_what_was_recorded_is_merged_to_the_same():
    chosen = TrainingConfig.merge({"epochs": 3, "precision": "fp32", "tensorboard": True})
    assert TrainingConfig.merge(asdict(chosen)) == chosen


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("epochs", 0),
        ("epochs", "many"),
        ("epochs", 1.5),
        ("batch", 1),
        ("lr", 0.0),
        ("lr", -1.0),
        ("lr", float("nan")),
        ("lr", float("inf")),
        ("warmup_fraction", 0.0),
        ("warmup_fraction", 1.0),
        ("weight_decay", -0.1),
        ("ema_decay", 1.0),
        ("ema_decay", -0.1),
        ("seed", -1),
        ("seed", 2**32),
        ("precision", "fp8"),
        ("devices", 0),
        ("num_nodes", 0),
        ("patience", -1),
    ],
)
def test_a_value_out_of_range_is_told_with_its_name(name: str, value: object):
    with pytest.raises(ConfigError, match=f"'{name}': .*got") as told:
        TrainingConfig.merge({name: value})
    assert "\n" not in str(told.value) and str(value) in str(told.value)


def test_an_unknown_setting_is_told_with_the_nearest():
    with pytest.raises(
        UnknownNameError, match=r"no training setting 'epoch'. Did you mean 'epochs'"
    ):
        TrainingConfig.merge({"epoch": 3})


@pytest.mark.parametrize(
    ("kind", "told", "place"),
    [(dict[str, float], {"salt": "much"}, "tray.salt"), (tuple[int, ...], [1, []], "tray.1")],
)
def test_a_value_is_told_with_its_place_in_what_was_read(kind: object, told: object, place: str):
    with pytest.raises(ConfigError, match=rf"^Setting '{place}': .*, got (\'much\'|\[\])\.$"):
        validate(kind, told, "tray")


@dataclass(frozen=True)
class Baking:
    """What one kind of training has beside what all have."""

    heat: int = option(200, "degrees")


def test_settings_are_divided_into_those_of_all_trainings_and_those_of_one():
    layers = {"epochs": 3, "heat": 180}, {"heat": 220, "epochs": None}
    assert partition(Baking, *layers) == ({"epochs": 3}, {"heat": 220})


@pytest.mark.parametrize(("slip", "meant"), [("het", "heat"), ("epoch", "epochs")])
def test_the_nearest_name_may_be_in_either_part(slip: str, meant: str):
    with pytest.raises(UnknownNameError, match=rf"setting '{slip}'. Did you mean '{meant}'"):
        partition(Baking, {slip: 1})


def test_every_setting_says_what_it_is_for():
    assert set(descriptions()) == {known.name for known in fields(TrainingConfig)}
    assert all(descriptions().values())


def test_settings_are_known_without_heavy_imports():
    heavy = "{'torch', 'lightning', 'pydantic', 'numpy'}"
    code = f"import sys, triptych.frame.config; print({heavy} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
