"""Files that are there whole or not at all."""

import errno
import json
import os
import stat
from pathlib import Path

import pytest

from triptych.frame.errors import WriteError
from triptych.frame.storage import files


def test_bytes_and_text_are_written_as_given(tmp_path: Path) -> None:
    files.write_bytes(tmp_path / "a.bin", b"\x00\r\n\xff")
    files.write_text(str(tmp_path / "a.txt"), "größer\n")
    assert (tmp_path / "a.bin").read_bytes() == b"\x00\r\n\xff"
    assert (tmp_path / "a.txt").read_bytes() == "größer\n".encode()
    assert len(list(tmp_path.iterdir())) == 2


def test_json_holds_names_that_are_no_text(tmp_path: Path) -> None:
    names = ["größer", "🙂", os.fsdecode(b"\xff.jpg")]
    files.write_json(tmp_path / "a.json", names)
    assert json.loads((tmp_path / "a.json").read_text("utf-8")) == names
    assert "größer" in (tmp_path / "a.json").read_text("utf-8")


def test_a_file_is_replaced(tmp_path: Path) -> None:
    for text in ("old", "new"):
        files.write_text(tmp_path / "a.txt", text)
    assert (tmp_path / "a.txt").read_text() == "new"


def test_a_failed_block_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt), files.atomic_write(path) as beside:
        beside.write_text("half")
        raise KeyboardInterrupt
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_is_told_in_one_line(tmp_path: Path) -> None:
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    path = tmp_path / "a.txt"
    with pytest.raises(WriteError, match=r"a\.txt: no space") as told, files.atomic_write(path):
        raise full
    assert "\n" not in str(told.value)


def test_whether_a_file_could_be_written_is_told_and_nothing_changed(tmp_path: Path) -> None:
    taken, free = tmp_path / "taken.txt", tmp_path / "free.txt"
    taken.write_text("old")
    for path in (taken, free):
        files.check_writable(path)
    assert [path.name for path in tmp_path.iterdir()] == ["taken.txt"]
    assert taken.read_text() == "old"


def test_what_could_not_be_written_is_told_before(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match=r"there is no folder .*nowhere"):
        files.check_writable(tmp_path / "nowhere" / "a.txt")
    with pytest.raises(WriteError, match="no plain file"):
        files.check_writable(tmp_path)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match=r"there is no folder .*nowhere"):
        files.write_text(tmp_path / "nowhere" / "a.txt", "")


def test_neither_folders_nor_devices_are_replaced(tmp_path: Path) -> None:
    for taken in (tmp_path, os.devnull):
        with pytest.raises(WriteError, match="no plain file"):
            files.write_text(taken, "")


def test_a_name_too_long_is_told(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="too long"):
        files.write_text(tmp_path / ("a" * 300), "")


def test_a_name_as_long_as_can_be_is_written(tmp_path: Path) -> None:
    files.write_text(tmp_path / ("a" * 255), "text")
    assert (tmp_path / ("a" * 255)).read_text() == "text"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_no_right_to_write_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(WriteError, match="permission denied"):
        files.write_text(tmp_path / "a.txt", "")


@pytest.mark.skipif(os.name != "posix", reason="rights and links of POSIX")
def test_links_stay_links_and_rights_are_the_usual_ones(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "file")
    files.write_text(tmp_path / "link", "text")
    plain = tmp_path / "plain"
    plain.touch()
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "file").read_text() == "text"
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)


def test_what_a_killed_process_left_is_told_from_other_files(tmp_path: Path) -> None:
    names = (".0123456789abcdef.part", ".mine.part", "0123456789abcdef.part", ".0123456789abcdef")
    for name in names:
        (tmp_path / name).touch()
    assert [files.is_leftover(tmp_path / name) for name in names] == [True, False, False, False]
    files.remove_leftovers(tmp_path)
    files.remove_leftovers(tmp_path / "none")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names[1:])


def test_a_file_being_written_is_known_as_such(tmp_path: Path) -> None:
    with files.atomic_write(tmp_path / "a.txt") as beside:
        beside.touch()
        assert files.is_leftover(beside)


def test_a_folder_is_made_with_those_above_it_or_without(tmp_path: Path) -> None:
    assert files.make_folder(tmp_path / "a" / "b").is_dir()
    assert files.make_folder(tmp_path / "a" / "c", parents=False).is_dir()
    with pytest.raises(WriteError, match=r"there is no folder .*none\.$"):
        files.make_folder(tmp_path / "none" / "d", parents=False)
    assert not (tmp_path / "none").exists()
