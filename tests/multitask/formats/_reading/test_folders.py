"""Folders are walked once each, and looked at only so far."""

import os
from pathlib import Path

import pytest

from triptych.multitask.formats._reading import folders
from triptych.multitask.formats._reading.folders import (
    files_in,
    listing_once,
    looks_like_picture,
    peek_files,
    some_files,
    start_of,
    subfolders,
    walk_folders,
)


def test_the_nearest_files_come_first_and_a_large_folder_ends(tmp_path: Path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    for number in range(50):
        (tmp_path / "a" / f"{number}.txt").touch()
    (tmp_path / "a" / "b" / "c.png").touch()
    (tmp_path / "top.txt").touch()
    names = [*some_files(tmp_path, 200)]
    assert names[0] == "top.txt"
    assert len(names) <= 1 + 20 + 1
    assert "a/b/c.png" in {*some_files(tmp_path)}


def test_folders_are_walked_in_order_and_hidden_ones_passed_over(tmp_path: Path):
    for name in ("b", "a/c", ".git/objects"):
        (tmp_path / name).mkdir(parents=True)
    names = [path.relative_to(tmp_path).as_posix() for path in walk_folders(tmp_path)]
    assert names == [".", "a", "a/c", "b"]
    assert {path.name for path in subfolders(tmp_path)} == {"a", "b"}
    assert subfolders(tmp_path / "gone") == []


def test_a_picture_is_known_by_its_ending():
    assert looks_like_picture("A.JPG")
    assert not looks_like_picture("a.txt")
    assert not looks_like_picture("a")


def test_files_of_an_ending_are_seen_in_the_folder_and_right_below(tmp_path: Path):
    for name in ("b.JSON", "a.json", "c.xml", ".d.json", "deep/e.json", "deep/deeper/f.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("{}")
    (tmp_path / "0.json").mkdir()  # no file
    assert [path.name for path in peek_files(tmp_path, ".json")] == ["a.json", "b.JSON", "e.json"]
    assert [path.name for path in peek_files(tmp_path, ".json", most=1)] == ["a.json"]
    assert list(peek_files(tmp_path / "c.xml", ".xml")) == [tmp_path / "c.xml"]
    assert list(peek_files(tmp_path / "c.xml", ".json")) == []


def test_one_annotation_file_is_seen_among_thousands_of_pictures(tmp_path: Path):
    folder = tmp_path / "train"
    folder.mkdir()
    for number in range(3000):
        (folder / f"{number}.jpg").touch()
    (folder / "_annotations.coco.json").touch()
    assert list(peek_files(tmp_path, ".json")) == [folder / "_annotations.coco.json"]


def test_a_folder_is_listed_once_in_a_block_and_anew_outside(tmp_path: Path):
    with listing_once():
        assert list(peek_files(tmp_path, ".xml")) == []
        (tmp_path / "a.xml").touch()
        assert list(peek_files(tmp_path, ".xml")) == []
    assert list(peek_files(tmp_path, ".xml")) == [tmp_path / "a.xml"]


def test_of_a_huge_folder_so_many_entries_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(folders, "MOST_IN_FOLDER", 10)
    for number in range(60):
        (tmp_path / f"{number}.json").touch()
    assert len(list(peek_files(tmp_path, ".json", most=100))) == 10


def test_links_to_themselves_are_passed_over(tmp_path: Path):
    (tmp_path / "a.json").touch()
    for name in ("loop.json", "loop"):
        (tmp_path / name).symlink_to(tmp_path / name)
    assert list(peek_files(tmp_path, ".json")) == [tmp_path / "a.json"]
    assert files_in(tmp_path, (".json",)) == [tmp_path / "a.json"]
    assert subfolders(tmp_path) == []
    assert set(some_files(tmp_path)) == {"a.json", "loop.json", "loop"}


def test_files_of_some_endings_come_by_name(tmp_path: Path):
    for name in ("b.tar", "A.TAR.GZ", "c.txt", ".d.tar"):
        (tmp_path / name).touch()
    os.mkfifo(tmp_path / "e.tar")
    assert [file.name for file in files_in(tmp_path, (".tar", ".tar.gz"))] == ["A.TAR.GZ", "b.tar"]
    assert files_in(tmp_path / "gone", (".tar",)) == []


def test_a_file_that_cannot_be_read_begins_with_nothing(tmp_path: Path):
    assert start_of(tmp_path / "gone") == b""
    assert start_of(tmp_path) == b""
