"""Large JSON is streamed: NaN is null, and nesting has an end."""

import json
from pathlib import Path

import pytest

from triptych.frame.errors import DataError
from triptych.multitask.formats._reading.documents import stream_json


def test_words_of_python_are_null_wherever_they_are_cut_and_text_stays(tmp_path: Path):
    values = [
        float("nan"),
        float("inf"),
        float("-inf"),
        1.5,
        "NaN, -Infinity",
        '[[[ \\" NaN',
    ] * 9000
    (tmp_path / "a.json").write_text(json.dumps({"items": values}))
    read = list(stream_json(tmp_path / "a.json", "items.item"))
    assert read == [None, None, None, *values[3:6]] * 9000


def test_deep_nesting_ends_at_once(tmp_path: Path):
    (tmp_path / "a.json").write_text('{"items": [' + '{"a": [' * 300_000)
    with pytest.raises(DataError, match=r"a\.json as JSON: it is nested too deeply\.$"):
        list(stream_json(tmp_path / "a.json", "items.item"))


def test_brackets_in_text_are_no_nesting(tmp_path: Path):
    text = "[{" * 500 + '"' + "\\"
    (tmp_path / "a.json").write_text(json.dumps({"items": [text] * 200}))
    assert list(stream_json(tmp_path / "a.json", "items.item")) == [text] * 200
