import os
import sys
from pathlib import Path

import pytest

from triptych.frame.storage.folders.walk import is_hidden, walk_folder


def tree(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")
    return folder


def test_linked_folders_are_followed_once(tmp_path: Path):
    team = tree(tmp_path / "team", "Ann/1.jpg")
    tree(tmp_path / "elsewhere", "1.jpg", "2019/2.jpg")
    for name in ("Bob", "Cid"):
        (team / name).symlink_to(tmp_path / "elsewhere")
    found = dict(walk_folder(team))
    assert sorted(name for name, reason in found.items() if not reason) == [
        "Ann/1.jpg",
        "Bob/1.jpg",
        "Bob/2019/2.jpg",
    ]
    assert "read in its own place" in found["Cid"] and "elsewhere" in found["Cid"]


def test_circles_of_links_end(tmp_path: Path):
    team = tree(tmp_path / "team", "Ann/1.jpg")
    tree(tmp_path / "out", "2.jpg")
    (team / "self").symlink_to(team)
    (team / "above").symlink_to(tmp_path)
    (team / "Ann" / "back").symlink_to(team / "Ann")
    (team / "loop").symlink_to(team / "loop")
    (team / "out").symlink_to(tmp_path / "out")
    (tmp_path / "out" / "again").symlink_to(team)
    found = dict(walk_folder(team))
    assert sorted(name for name, reason in found.items() if not reason) == [
        "Ann/1.jpg",
        "out/2.jpg",
    ]
    assert {n for n, r in found.items() if "own place" in r} == {
        "self",
        "above",
        "Ann/back",
        "out/again",
    }
    assert found["loop"] == "a link that leads nowhere"


def test_a_linked_folder_below_a_linked_folder_is_followed(tmp_path: Path):
    team, out, far = (tree(tmp_path / name, f"{name}.jpg") for name in ("team", "out", "far"))
    (team / "a").symlink_to(out)
    (out / "b").symlink_to(far)
    assert [name for name, reason in walk_folder(team)] == ["team.jpg", "a/out.jpg", "a/b/far.jpg"]


def test_folders_are_told_where_they_are_not_read(tmp_path: Path):
    team = tree(tmp_path, "1.jpg", "b/2.jpg")
    (team / "c").symlink_to(team / "b")
    found = dict(walk_folder(team, recursive=False))
    assert found["1.jpg"] == ""
    assert all("--recursive" in found[name] for name in ("b", "c"))


@pytest.mark.skipif(sys.platform == "win32" or os.getuid() == 0, reason="root may read all")
def test_a_folder_that_may_not_be_read_is_told(tmp_path: Path):
    team = tree(tmp_path, "1.jpg", "b/2.jpg")
    (team / "b").chmod(0)
    found = dict(walk_folder(team))
    (team / "b").chmod(0o700)
    assert found == {"1.jpg": "", "b": "cannot be read: permission denied"}


def test_hidden_files_are_known_by_their_names():
    assert is_hidden("a/.b/c.jpg") and is_hidden("Thumbs.db") and is_hidden("__MACOSX/a.jpg")
    assert not is_hidden("a/b.jpg")
