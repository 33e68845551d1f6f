"""Things found by name: listed without import, nearest offered, taken names refused."""

import sys
from pathlib import Path

import pytest

from triptych.frame.errors import UnknownNameError
from triptych.frame.registry import Shelf, nearest


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    package = tmp_path / "zoo"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "polar_bear.py").write_text("class PolarBear: ...\n")
    (package / "broken.py").write_text("raise RuntimeError('imported')\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield Shelf("animal", "zoo")
    for name in [name for name in sys.modules if name.partition(".")[0] == "zoo"]:
        del sys.modules[name]


def test_a_file_is_found_by_its_name_with_hyphens(shelf: Shelf):
    assert shelf["polar-bear"].__name__ == "PolarBear"
    assert "polar-bear" in shelf and "polar_bear" not in shelf


def test_listing_names_imports_no_file(shelf: Shelf):
    assert list(shelf) == ["broken", "polar-bear"]
    assert "zoo.polar_bear" not in sys.modules


def test_what_fails_in_a_file_is_not_hidden(shelf: Shelf):
    with pytest.raises(RuntimeError, match="imported"):
        shelf["broken"]


def test_what_users_add_is_found_and_listed_in_order(shelf: Shelf):
    shelf.add("cat", dict)
    assert shelf["cat"] is dict
    assert list(shelf) == ["broken", "cat", "polar-bear"]


@pytest.mark.parametrize("taken", ["cat", "polar-bear"])
def test_a_taken_name_is_refused(shelf: Shelf, taken: str):
    shelf.add("cat", dict)
    with pytest.raises(UnknownNameError, match=f"animal '{taken}' exists already"):
        shelf.add(taken, list)


def test_the_same_thing_may_be_added_twice(shelf: Shelf):
    shelf.add("cat", dict)
    shelf.add("cat", dict)
    assert shelf["cat"] is dict


@pytest.mark.parametrize("wrong", ["polar_bear", "polarbear", "Polar-Bear", "polar-baer"])
def test_the_nearest_name_is_offered(shelf: Shelf, wrong: str):
    with pytest.raises(
        UnknownNameError, match=r"no animal '.*'\. Did you mean 'polar-bear'\? Choose"
    ):
        shelf[wrong]


def test_all_names_are_offered_where_none_is_near():
    told = str(nearest("zzzzzz", ["wolf", "cat"], "animal"))
    assert told == "There is no animal 'zzzzzz'. Choose from: cat, wolf."
