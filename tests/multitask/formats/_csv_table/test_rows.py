"""Rows of tables."""

from pathlib import Path

import pytest

from triptych.multitask.formats._csv_table.rows import is_automl, read_header, stream_rows
from triptych.multitask.structures.import_problems import ImportProblems


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_seen_in_the_first_row(tmp_path: Path, delimiter: str):
    path = tmp_path / "a.csv"
    path.write_bytes(b"\xef\xbb\xbf" + f"file{delimiter}label\r\na.jpg{delimiter}x\r\n".encode())
    assert read_header(path) == ["file", "label"]
    assert [*stream_rows(path, [], ImportProblems())] == [(2, {"file": "a.jpg", "label": "x"})]


def test_a_comma_in_quotes_is_none(tmp_path: Path):
    (tmp_path / "a.csv").write_text('file,label\n"a,b.jpg","say ""cat"""\n')
    ((_, row),) = stream_rows(tmp_path / "a.csv", [], ImportProblems())
    assert row == {"file": "a,b.jpg", "label": 'say "cat"'}


def test_automl_is_known_by_its_first_row():
    assert is_automl(["TRAIN", "gs://b/a.jpg", "cat"])
    assert not is_automl(["set", "path", "label"])
