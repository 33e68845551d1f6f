"""Ways to judge are opened by name; patches need nothing, and stand in where nothing is at hand."""

from typing import Any

import pytest

from triptych.frame.errors import AssetNotFoundError, ConfigError
from triptych.style import build_method
from triptych.style.objectives.patch_objective import PatchMethod

OF_NETWORKS = [
    {"pooling": "max"},
    {"layers": {"relu1_1": 1.0}},
    {"half": True},
    {"statistics": "gram"},
]


def test_patches_are_opened_by_their_name() -> None:
    method = build_method("patches", seed=3)
    assert isinstance(method, PatchMethod) and method.seed == 3


def test_patches_stand_in_where_no_network_is_at_hand() -> None:
    assert isinstance(build_method(), PatchMethod)
    with pytest.raises(AssetNotFoundError, match="vgg19_small"):
        build_method("vgg19-small")


@pytest.mark.parametrize("options", OF_NETWORKS, ids=str)
def test_options_of_a_network_ask_for_one(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="Patches need no network"):
        build_method("patches", **options)
    with pytest.raises(AssetNotFoundError, match="found none"):
        build_method(**options)
