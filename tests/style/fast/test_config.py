"""Settings of fast style: what is recommended, what the user says, what is refused."""

import pytest

from triptych.frame.errors import BadSetting, UnknownName
from triptych.style.fast.config import RECOMMENDED, FastSettings, chosen_settings


def test_what_the_user_says_stands_above_what_is_recommended():
    general, special = chosen_settings({"lr": 0.5, "width": 8, "batch": None})
    assert (general.lr, general.batch) == (0.5, RECOMMENDED["batch"])
    assert special == FastSettings(width=8)


@pytest.mark.parametrize(
    ("changes", "error", "told"),
    [
        ({"widht": 8}, UnknownName, "width"),
        ({"width": 1}, BadSetting, "width"),
        ({"strength": 1.5}, BadSetting, "strength"),
        ({"variation": float("nan")}, BadSetting, "variation"),
        ({"batch": 1}, BadSetting, "batch"),
        ({"statistics": "means"}, BadSetting, "statistics"),
        ({"monitor": "score"}, BadSetting, "painting/score"),
    ],
)
def test_slips_are_told(changes: dict, error: type[Exception], told: str):
    with pytest.raises(error, match=told):
        chosen_settings(changes)
