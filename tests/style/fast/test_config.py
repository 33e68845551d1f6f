"""Settings of fast style: what is recommended, what the user says, what is refused."""

import pytest

from triptych.frame.errors import ConfigError, UnknownNameError
from triptych.style.fast.config import DEFAULTS, FastStyleConfig, resolve_configs


def test_what_the_user_says_stands_above_what_is_recommended():
    general, special = resolve_configs({"lr": 0.5, "width": 8, "batch": None})
    assert (general.lr, general.batch) == (0.5, DEFAULTS["batch"])
    assert special == FastStyleConfig(width=8)


@pytest.mark.parametrize(
    ("changes", "error", "told"),
    [
        ({"widht": 8}, UnknownNameError, "width"),
        ({"width": 1}, ConfigError, "width"),
        ({"strength": 1.5}, ConfigError, "strength"),
        ({"variation": float("nan")}, ConfigError, "variation"),
        ({"batch": 1}, ConfigError, "batch"),
        ({"statistics": "means"}, ConfigError, "statistics"),
        ({"monitor": "score"}, ConfigError, "painting/score"),
    ],
)
def test_slips_are_told(changes: dict, error: type[Exception], told: str):
    with pytest.raises(error, match=told):
        resolve_configs(changes)
