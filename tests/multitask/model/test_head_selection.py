"""Names of heads and weights, resolved or refused with the nearest."""

import pytest

from triptych.frame.errors import ConfigError, UnknownNameError
from triptych.multitask import DatasetInfo
from triptych.multitask.model.head_selection import resolve_heads, resolve_loss_weights

INFO = DatasetInfo(
    "digits", 1, 28, 28, ("label", "box", "mask"), tuple("01"), head_names={"label": "digit"}
)


@pytest.mark.parametrize("none", [None, [], ()])
def test_all_heads_with_a_target_are_the_default(none: list[str] | None):
    assert resolve_heads(INFO, none) == ["box", "label", "mask"]


def test_either_name_will_do_in_any_order_once():
    assert resolve_heads(INFO, ["mask", "digit"]) == ["mask", "label"]
    assert resolve_heads(INFO, ["label", "digit", "label"]) == ["label"]
    assert resolve_heads(INFO, "digit") == ["label"]
    assert resolve_heads(INFO, "mask, digit") == ["mask", "label"]


def test_an_unknown_head_is_told_with_the_nearest():
    with pytest.raises(UnknownNameError, match="Did you mean 'digit'"):
        resolve_heads(INFO, ["digits"])
    with pytest.raises(UnknownNameError, match="Did you mean 'mask'"):
        resolve_heads(INFO, ["masks"])


def test_a_head_without_its_target_is_refused():
    with pytest.raises(ConfigError, match=r"no circle to learn.*supplies: box, digit, mask"):
        resolve_heads(INFO, ["circle"])


def test_weights_are_the_heads_own_but_for_those_given():
    names = ["label", "box"]
    assert resolve_loss_weights(INFO, names, {}) == {"digit": 1.0, "box": 2.0}
    for name in ("digit", "label"):
        assert resolve_loss_weights(INFO, names, {name: 3}) == {"digit": 3.0, "box": 2.0}


@pytest.mark.parametrize("weight", [0.0, -1.0, float("inf"), float("nan")])
def test_a_weight_is_above_0_and_finite(weight: float):
    with pytest.raises(ConfigError, match="Expected a weight above 0 for 'box'"):
        resolve_loss_weights(INFO, ["box"], {"box": weight})


def test_a_weight_of_a_head_that_is_not_trained_is_refused():
    with pytest.raises(UnknownNameError, match="no head in this run 'mask'"):
        resolve_loss_weights(INFO, ["box"], {"mask": 1.0})
