"""Plug-in files: loaded where they are named, recorded, and told of where they are missing."""

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from triptych.frame.errors import ConfigError, RunError, UnknownNameError
from triptych.frame.registry import Registry
from triptych.frame.storage import plugins, run_folder
from triptych.frame.storage.plugins import load_plugin, loaded_plugins, plugin_hint


class Animal:
    """What the zoo registers."""


@pytest.fixture
def zoo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    """A registry of animals without any, alone in the world; nothing is loaded."""
    (tmp_path / "zoo").mkdir()
    (tmp_path / "zoo" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(Registry, "instances", [])
    monkeypatch.setattr(plugins, "_loaded", {})
    monkeypatch.setattr(sys.modules[__name__], "Animal", Animal)
    registry = Registry("animal", "zoo", Animal)
    monkeypatch.setitem(sys.modules, "animals", sys.modules[__name__])
    yield registry
    for name in [name for name in sys.modules if name == "zoo" or name.startswith("triptych_plug")]:
        del sys.modules[name]


def write(folder: Path, text: str) -> Path:
    path = folder / "cats.py"
    path.write_text(text)
    return path


CATS = "from animals import Animal\nclass PersianCat(Animal): ...\nclass _Hidden(Animal): ...\n"


def test_a_plug_in_registers_its_public_parts(zoo: Registry, tmp_path: Path):
    path = write(tmp_path, CATS)
    assert load_plugin(path) == ["animal persian-cat"]
    assert list(zoo) == ["persian-cat"] and zoo["persian-cat"].__name__ == "PersianCat"
    assert loaded_plugins() == {str(path): hashlib.sha256(CATS.encode()).hexdigest()}


def test_loading_a_plug_in_twice_changes_nothing(zoo: Registry, tmp_path: Path):
    path = write(tmp_path, CATS)
    load_plugin(path)
    assert load_plugin(str(path)) == [] and len(zoo) == 1


def test_a_name_that_is_taken_is_refused(zoo: Registry, tmp_path: Path):
    zoo.register("persian-cat", Animal)
    with pytest.raises(UnknownNameError, match="'persian-cat' exists already"):
        load_plugin(write(tmp_path, CATS))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1 / 0", r"cannot be run: ZeroDivisionError: division by zero"),
        ("class Cat(:", r"cannot be run: SyntaxError"),
        ("import no_such_package", r"cannot be run: ModuleNotFoundError.*no_such_package"),
        ("class Cat: ...", r"brings no part. Define a public class that is one of: animal"),
    ],
)
def test_a_plug_in_that_does_not_work_is_told(zoo: Registry, tmp_path: Path, text: str, said: str):
    with pytest.raises(ConfigError, match=said):
        load_plugin(write(tmp_path, text))
    assert loaded_plugins() == {} and len(zoo) == 0


def test_a_missing_plug_in_is_told(zoo: Registry, tmp_path: Path):
    with pytest.raises(ConfigError, match="cannot be read"):
        load_plugin(tmp_path / "dogs.py")


def test_a_file_that_is_no_python_file_is_told(zoo: Registry, tmp_path: Path):
    (tmp_path / "cats.txt").write_text(CATS)
    with pytest.raises(ConfigError, match=r"ends in \.py"):
        load_plugin(tmp_path / "cats.txt")


def test_a_run_names_its_plug_ins_and_loads_none(zoo: Registry, tmp_path: Path):
    path = write(tmp_path, CATS)
    load_plugin(path)
    run_folder.write_record(tmp_path, {})
    record = run_folder.read_record(tmp_path)
    assert record["plugins"] == loaded_plugins()
    assert plugin_hint(record) == ""
    plugins._loaded.clear()
    assert plugin_hint(record).endswith(f"where you trust it, add --plugin {path}.")
    named = pytest.raises(RunError, match=rf"no cat.*--plugin {path}")
    with named, run_folder.reading_record(tmp_path):
        raise UnknownNameError("There is no cat.")


@pytest.mark.parametrize("record", [{}, {"plugins": None}, {"plugins": ["a"]}, {"plugins": {}}])
def test_a_run_without_plug_ins_gives_no_hint(record: dict):
    assert plugin_hint(record) == ""
