"""Sources by name, by name and argument, by folder."""

import re
from pathlib import Path

import pytest

from triptych.frame.errors import UnknownNameError
from triptych.multitask.data.source import Source
from triptych.multitask.sources import SOURCES, absolute_spec, build_source, is_there
from triptych.multitask.sources.idx import IDXFolder
from triptych.multitask.sources.mnist import MNIST


def test_every_file_of_the_shelf_is_a_source() -> None:
    assert {"idx", "mnist", "openmoji"} <= set(SOURCES)
    for name in SOURCES:
        assert issubclass(SOURCES[name], Source) and SOURCES[name].subjects


def test_a_name_comes_before_a_folder_of_that_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mnist").mkdir()
    monkeypatch.chdir(tmp_path)
    assert isinstance(build_source("mnist"), MNIST)
    assert isinstance(build_source("./mnist"), IDXFolder)
    assert isinstance(build_source("idx:mnist"), IDXFolder)


def test_a_folder_with_a_colon_in_its_path_is_found(tmp_path: Path) -> None:
    (tmp_path / "a:b").mkdir()
    source = build_source(str(tmp_path / "a:b"))
    assert isinstance(source, IDXFolder) and source.folder == tmp_path / "a:b"


def test_neither_name_nor_folder_is_told_with_the_nearest() -> None:
    with pytest.raises(
        UnknownNameError, match=r"Did you mean 'mnist'.*Or name a folder of IDX files"
    ):
        build_source("mnits")


def test_a_path_is_made_absolute_and_a_name_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "emnist-letters-train-images-idx3-ubyte").touch()
    for spec in ("set", "idx:set", "set/emnist-letters", "set,ink=dark", "emnist:set,ink=light"):
        where = absolute_spec(spec)
        assert where == re.sub(r"\bset\b", str(tmp_path / "set"), spec)
        assert is_there(spec) and is_there(where)
    for spec in ("mnist", "emnist:letters", "openmoji:1F436", "none", "set/other", "idx:none"):
        assert absolute_spec(spec) == spec and not is_there(spec)
