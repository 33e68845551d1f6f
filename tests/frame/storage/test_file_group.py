"""Files that belong together are there together."""

from pathlib import Path

import pytest

from triptych.frame.errors import WriteError
from triptych.frame.storage.file_group import group_paths, write_group


def test_all_files_are_written_beside_the_named_one(tmp_path: Path):
    write_group(tmp_path / "net.XML", {".xml": b"text", ".bin": b"weights"})
    assert (tmp_path / "net.XML").read_bytes() == b"text"
    assert (tmp_path / "net.bin").read_bytes() == b"weights"
    assert len(list(tmp_path.iterdir())) == 2


def test_none_is_written_where_one_cannot_be(tmp_path: Path):
    (tmp_path / "net.bin").mkdir()
    with pytest.raises(WriteError, match=r"net\.bin"):
        write_group(tmp_path / "net.xml", {".xml": b"text", ".bin": b"weights"})
    assert [path.name for path in tmp_path.iterdir()] == ["net.bin"]


def test_names_keep_their_other_dots():
    assert group_paths("net.v2.xml", {".bin": b""})[".bin"] == Path("net.v2.bin")
