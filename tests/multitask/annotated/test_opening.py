"""A set is read once, and again when its annotations have changed."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.multitask.annotated.conftest import Made

from triptych.frame.errors import DataError, UnknownNameError
from triptych.multitask.annotated.annotated_set import AnnotatedSet
from triptych.multitask.annotated.opening import TABLE, open_annotated, table_folder
from triptych.multitask.structures.annotated_image import AnnotatedImage

Opened = Callable[..., AnnotatedSet]


@pytest.fixture(autouse=True)
def count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Made, "reads", 0)


def touch(folder: Path, text: str = "") -> None:
    notes = folder / "notes.made"
    notes.write_text(text)
    os.utime(notes, ns=(1, notes.stat().st_mtime_ns + 10**9))


def test_a_set_is_read_once(folder: Path, opened: Opened):
    images = [AnnotatedImage(folder / "a.png", label="cat")]
    first, second = opened(images), opened(images)
    assert Made.reads == 1
    assert first.digest == second.digest
    assert len(second) == 1


def test_changed_annotations_are_read_again(folder: Path, opened: Opened):
    before = opened([AnnotatedImage(folder / "a.png", label="cat")])
    touch(folder)
    after = opened([AnnotatedImage(folder / "a.png", label="dog")])
    assert Made.reads == 2
    assert (before.classes, after.classes) == (("cat",), ("dog",))
    assert before.digest != after.digest


def test_a_damaged_table_is_made_anew(folder: Path, opened: Opened):
    opened([AnnotatedImage(folder / "a.png", label="cat")])
    (table_folder(folder, "made") / TABLE).write_bytes(b"cut short")
    assert opened([AnnotatedImage(folder / "a.png", label="cat")]).classes == ("cat",)


def test_strict_refuses_what_was_left_out_before(folder: Path, opened: Opened):
    touch(folder, "faulty")
    annotated = opened([AnnotatedImage(folder / "a.png", label="cat")])
    assert annotated.problems.left_out() == {"object left out": 1}
    with pytest.raises(DataError, match=r"notes\.made: expected none"):
        open_annotated(folder, strict=True)


def test_a_folder_that_moves_with_its_pictures_is_the_same_data(folder: Path, opened: Opened):
    before = opened([AnnotatedImage(folder / "a.png", label="cat")]).digest
    moved = folder.rename(folder.with_name("moved"))
    Made.images = [AnnotatedImage(moved / "a.png", label="cat")]
    assert open_annotated(moved).digest == before


def test_nothing_to_read_is_told(folder: Path, opened: Opened, tmp_path: Path):
    with pytest.raises(DataError, match="No picture of"):
        opened([])
    with pytest.raises(DataError, match="There is no file or folder"):
        open_annotated(tmp_path / "nowhere")
    with pytest.raises(UnknownNameError, match="format"):
        open_annotated(folder, "cocoa")
    (tmp_path / "text.txt").write_text("hello")
    with pytest.raises(DataError, match="like no format that is read"):
        open_annotated(tmp_path / "text.txt")
