"""Things found by name: listed without import, nearest offered, taken names refused."""

import importlib
import sys
from pathlib import Path

import pytest

from triptych.frame.errors import UnknownNameError
from triptych.frame.registry import Registry, unknown_name_error


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registry:
    package = tmp_path / "zoo"
    package.mkdir()
    (package / "__init__.py").write_text("class Animal: ...\n")
    (package / "polar_bear.py").write_text("from . import Animal\nclass PolarBear(Animal): ...\n")
    (package / "broken.py").write_text("raise RuntimeError('imported')\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield Registry("animal", "zoo", importlib.import_module("zoo").Animal)
    Registry.instances.pop()
    for name in [name for name in sys.modules if name.partition(".")[0] == "zoo"]:
        del sys.modules[name]


def test_a_file_is_found_by_its_name_with_hyphens(registry: Registry):
    assert registry["polar-bear"].__name__ == "PolarBear"
    assert "polar-bear" in registry and "polar_bear" not in registry


def test_listing_names_imports_no_file(registry: Registry):
    assert list(registry) == ["broken", "polar-bear"]
    assert "zoo.polar_bear" not in sys.modules


def test_what_fails_in_a_file_is_not_hidden(registry: Registry):
    with pytest.raises(RuntimeError, match="imported"):
        registry["broken"]


def test_what_users_add_is_found_and_listed_in_order(registry: Registry):
    registry.register("cat", dict)
    assert registry["cat"] is dict
    assert list(registry) == ["broken", "cat", "polar-bear"]


@pytest.mark.parametrize("taken", ["cat", "polar-bear"])
def test_a_taken_name_is_refused(registry: Registry, taken: str):
    registry.register("cat", dict)
    with pytest.raises(UnknownNameError, match=f"animal '{taken}' exists already"):
        registry.register(taken, list)


def test_the_same_thing_may_be_added_twice(registry: Registry):
    registry.register("cat", dict)
    registry.register("cat", dict)
    assert registry["cat"] is dict


@pytest.mark.parametrize("wrong", ["polar_bear", "polarbear", "Polar-Bear", "polar-baer"])
def test_the_nearest_name_is_offered(registry: Registry, wrong: str):
    with pytest.raises(
        UnknownNameError, match=r"no animal '.*'\. Did you mean 'polar-bear'\? Choose"
    ):
        registry[wrong]


def test_all_names_are_offered_where_none_is_near():
    told = str(unknown_name_error("zzzzzz", ["wolf", "cat"], "animal"))
    assert told == "There is no animal 'zzzzzz'. Choose from: cat, wolf."


def test_a_part_is_called_by_its_own_name_or_by_its_class(registry: Registry):
    class Named(registry.contract):
        name = "ours"

    class RotatedAnimal(registry.contract): ...

    class HeavyRain(registry.contract): ...

    assert [registry.name_of(part) for part in (Named, RotatedAnimal, HeavyRain)] == [
        "ours",
        "rotated",
        "heavy-rain",
    ]


def test_a_registry_is_a_mapping(registry: Registry):
    assert registry.get("tiger") is None
    assert len(registry) == 2 and list(registry.keys()) == ["broken", "polar-bear"]
    with pytest.raises(UnknownNameError, match="There is no animal 'tiger'"):
        registry["tiger"]


def test_a_module_that_begins_with_an_underscore_is_no_part(registry: Registry):
    folder = Path(importlib.import_module("zoo").__path__[0])
    (folder / "_bones.py").touch()
    assert list(registry) == ["broken", "polar-bear"]
