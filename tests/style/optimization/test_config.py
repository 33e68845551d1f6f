"""How a picture is painted: what cannot be is refused before anything is."""

import pytest

from triptych.frame.errors import ConfigError
from triptych.style.optimization.config import TransferConfig


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"size": 0}, "a size of 1 to 65536 pixels, got 0"),
        ({"size": 10**6}, "a size of 1 to 65536"),
        ({"steps": ()}, "steps of 1 or more a scale"),
        ({"steps": (5, 0)}, r"got \[5, 0\]"),
        ({"strength": 1.5}, "a strength of 0 to 1, got 1.5"),
        ({"strength": float("nan")}, "a strength of 0 to 1"),
        ({"style_scale": 0.0}, "a style scale of 0.05 to 20"),
        ({"seed": -1}, "a seed of 0 to 4294967295"),
    ],
)
def test_what_cannot_be_painted_is_refused(changes: dict, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        TransferConfig().with_changes(changes)
