"""Folders are walked once each, and looked at only so far."""

from pathlib import Path

from triptych.multitask.formats._reading.folders import (
    looks_like_picture,
    some_files,
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
