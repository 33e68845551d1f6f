"""Pictures appended to files."""

from pathlib import Path

import pytest

from triptych.multitask.formats._embedded import blob_writer


def test_each_picture_is_found_at_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(blob_writer, "LARGEST", 5)
    blobs = blob_writer.BlobWriter(tmp_path / "blobs")
    places = [blobs.append(content) for content in (b"one", b"three", b"x")]
    assert [(file.name, offset) for file, offset in places] == [
        ("pictures00000.bin", 0),
        ("pictures00000.bin", 3),
        ("pictures00001.bin", 0),
    ]
    assert places[0][0].read_bytes() == b"onethree"
