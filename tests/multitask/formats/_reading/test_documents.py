"""XML and YAML of others: what is damaged is told in one line."""

from pathlib import Path

import pytest

from triptych.frame.errors import DataError
from triptych.multitask.formats._reading.documents import read_xml, read_yaml, stream_xml

DAMAGED = {
    "cut": b"<a><b>",
    "no encoding": b"<?xml version='1.0' encoding='utf-0'?><a><b/></a>",
    "wrong bytes": b"<?xml version='1.0' encoding='utf-8'?><a>\xff<b/></a>",
    "entities": b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;<b/></a>",
    "empty": b"",
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_damaged_xml_is_told_in_one_line(tmp_path: Path, content: bytes):
    path = tmp_path / "a.xml"
    path.write_bytes(content)
    for read in (read_xml, lambda path: list(stream_xml(path, "b"))):
        with pytest.raises(DataError, match=r"a\.xml") as caught:
            read(path)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "content", [b"a: [", b"\xff\xff", b"a: &b 1\nc: *b", b"!!python/name:os.x"]
)
def test_damaged_yaml_is_told_in_one_line(tmp_path: Path, content: bytes):
    path = tmp_path / "a.yaml"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"a\.yaml") as caught:
        read_yaml(path)
    assert "\n" not in str(caught.value)
