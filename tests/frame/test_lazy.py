"""What a package exports is imported when it is asked for, and only once."""

import importlib
import sys
from pathlib import Path

import pytest

INIT = """
from typing import TYPE_CHECKING

from triptych.frame import lazy

if TYPE_CHECKING:
    from .parts.heavy import Heavy, weigh
    from .parts.heavy import weigh as heft

__getattr__, __dir__ = lazy.exports(__name__, __file__)
"""
HEAVY = "class Heavy: ...\n\ndef weigh(): return 7\n"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = tmp_path / "a_lazy_package"
    (folder / "parts").mkdir(parents=True)
    (folder / "__init__.py").write_text(INIT)
    (folder / "parts" / "__init__.py").touch()
    (folder / "parts" / "heavy.py").write_text(HEAVY)
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("a_lazy_package")
    for name in [name for name in sys.modules if name.startswith("a_lazy_package")]:
        del sys.modules[name]


def test_nothing_is_imported_before_it_is_asked_for(package):
    assert "a_lazy_package.parts.heavy" not in sys.modules
    assert package.weigh() == 7
    assert "a_lazy_package.parts.heavy" in sys.modules
    assert vars(package)["weigh"] is package.weigh


def test_a_second_name_is_the_same_thing(package):
    assert package.heft is package.weigh


def test_names_are_listed_before_they_are_imported(package):
    assert {"Heavy", "weigh", "heft"} <= set(dir(package))


def test_an_unknown_name_is_an_attribute_error(package):
    with pytest.raises(AttributeError, match="module 'a_lazy_package' has no attribute 'weight'"):
        _ = package.weight
    with pytest.raises(ImportError):
        from a_lazy_package import weight  # noqa: F401  # pyright: ignore
