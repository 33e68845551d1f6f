"""Shapes and types of every call are checked; nothing is fetched; no test sees another's cache."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings
from jaxtyping import install_import_hook

# the same examples each time, and no complaint where the machine is busy
settings.register_profile("triptych", deadline=None, derandomize=True, database=None)
settings.load_profile("triptych")

# before any test file imports the package, and for the whole session; a whole number may stand
# for a float, as everywhere in Python's types
install_import_hook(
    "triptych", "beartype.beartype(conf=beartype.BeartypeConf(is_pep484_tower=True))"
)


@pytest.fixture(autouse=True)
def alone(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Offline, with an empty cache of its own; only tests marked `real` see TRIPTYCH_DATA."""
    if not request.node.get_closest_marker("real"):
        monkeypatch.delenv("TRIPTYCH_DATA", raising=False)
    monkeypatch.setenv("TRIPTYCH_OFFLINE", "1")
    monkeypatch.setenv("TRIPTYCH_CACHE", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture
def data() -> Callable[[str], Path]:
    """Finds a real file by its path in TRIPTYCH_DATA; skips the test where there is none."""

    def find(name: str) -> Path:
        folders = os.environ.get("TRIPTYCH_DATA", "").split(os.pathsep)
        for place in (Path(folder, name) for folder in folders if folder):
            if place.exists():
                return place
        return pytest.skip(f"no {name} in TRIPTYCH_DATA")

    return find


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if not os.environ.get("TRIPTYCH_DATA"):
        for item in items:
            if item.get_closest_marker("real"):
                item.add_marker(pytest.mark.skip(reason="TRIPTYCH_DATA is not set"))
