"""How a picture is painted: what cannot be is refused before anything is."""

import pytest

from triptych.frame.errors import ConfigError, UnknownNameError
from triptych.style.optimization.config import TransferConfig


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"size": 0}, "'size': Input should be greater than or equal to 1, got 0"),
        ({"size": 10**6}, "'size': Input should be less than or equal to 65536"),
        ({"steps": ()}, "'steps': .*at least 1 item"),
        ({"steps": (5, 0)}, "'steps.1': .*got 0"),
        ({"strength": 1.5}, "'strength': .*less than or equal to 1, got 1.5"),
        ({"strength": float("nan")}, "'strength'"),
        ({"style_scale": 0.0}, "'style_scale': .*0.05"),
        ({"seed": -1}, "'seed': .*greater than or equal to 0"),
    ],
)
def test_what_cannot_be_painted_is_refused(changes: dict, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        TransferConfig().with_changes(changes)


@pytest.mark.parametrize(
    ("weights", "strength"),
    [
        ({"style_weight": 8.0}, 0.5),
        ({"content_weight": 1.0}, 0.5),
        ({"content_weight": 2.0, "style_weight": 8.0}, 1 / 3),
        ({"content_weight": 0.0}, 1.0),
        ({"style_weight": 0.0}, 0.0),
    ],
)
def test_weights_of_the_losses_are_a_strength(weights: dict, strength: float) -> None:
    """(1 − s) · content + 8 s · style has the ratio of the weights."""
    config = TransferConfig(**weights)
    assert config.strength == pytest.approx(strength)
    alpha, beta = config.content_weight, config.style_weight
    if alpha is not None and beta is not None:
        assert 8 * config.strength / (1 - config.strength) == pytest.approx(beta / alpha)
    assert TransferConfig().with_changes(weights) == config


def test_a_new_strength_replaces_weights_and_weights_replace_a_strength() -> None:
    weighted = TransferConfig(strength=0.3).with_changes({"style_weight": 24.0})
    assert weighted.strength == 0.75
    again = weighted.with_changes({"strength": 0.2})
    assert (again.strength, again.style_weight) == (0.2, None)
    assert weighted.with_changes({"size": 64}).strength == 0.75


@pytest.mark.parametrize(
    ("changes", "slip"),
    [
        ({"strength": 0.5, "style_weight": 2.0}, "got both"),
        ({"content_weight": 0.0, "style_weight": 0.0}, "above 0, got none"),
        ({"content_weight": -1.0}, "'content_weight'"),
        ({"style_weight": float("inf")}, "'style_weight'"),
    ],
)
def test_weights_that_say_nothing_clear_are_refused(changes: dict, slip: str) -> None:
    with pytest.raises(ConfigError, match=slip):
        TransferConfig().with_changes(changes)
    with pytest.raises(ConfigError, match="got both"):
        TransferConfig(strength=0.2, style_weight=3.0)


def test_the_former_name_of_a_setting_is_understood() -> None:
    assert TransferConfig().with_changes({"shares": (2.0, 1.0)}).style_weights == (2.0, 1.0)


def test_a_setting_there_is_none_of_is_told_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'content_weight'"):
        TransferConfig().with_changes({"content_weigth": 1.0})
