"""Runs of another kind, and networks of other programs, are told by name with what serves them."""

import json
from pathlib import Path

import pytest

from triptych.frame.errors import RunError
from triptych.frame.storage.model_files import load_model
from triptych.frame.storage.run_folder import reading_record
from triptych.frame.storage.run_kind import (
    FACES,
    FAST_STYLE,
    MULTITASK,
    PAINTING,
    RunKind,
    check_kind,
    identify,
)

RECORDS = {
    "multitask": ({"plan": {"dataset": "digits"}}, MULTITASK),
    "faces": ({"plan": {}, "triplets": {}}, FACES),
    "fast": ({"panel": "style", "fast": {}}, FAST_STYLE),
    "painting": ({"painting": {}}, PAINTING),
}


def write(folder: Path, facts: object, name: str = "run.json") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(json.dumps(facts))
    return folder


@pytest.mark.parametrize("name", RECORDS)
def test_each_kind_is_told_from_its_record_and_refused_as_any_other(tmp_path: Path, name: str):
    record, kind = RECORDS[name]
    folder = write(tmp_path, {"format": 2, **record})
    assert identify(folder) is kind
    for _, expected in RECORDS.values():
        if expected is kind:
            check_kind(folder, expected)
            continue
        with pytest.raises(RunError) as told:
            check_kind(folder, expected)
        words = str(told.value)
        assert expected.name in words and kind.name in words and expected.remedy in words
        assert f"{folder}" in kind.use.format(folder=folder) and "{" not in words
        with pytest.raises(RunError, match=f"is {kind.name}"), reading_record(folder, expected):
            pass


@pytest.mark.parametrize(
    ("description", "kind"),
    [
        ({"panel": "style"}, FAST_STYLE),
        ({"panel": "faces"}, FACES),
        ({"heads": ["digit"]}, MULTITASK),
        ({"other": 1}, None),
    ],
)
def test_a_model_alone_tells_its_kind(tmp_path: Path, description: dict, kind: RunKind | None):
    assert identify(write(tmp_path, description, "model.json")) is kind


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "3"])
def test_what_cannot_be_read_is_of_no_kind(tmp_path: Path, text: str):
    (tmp_path / "run.json").write_text(text)
    assert identify(tmp_path) is None


def told(folder: Path) -> str:
    with pytest.raises(RunError) as error:
        load_model(folder, FAST_STYLE)
    words = str(error.value)
    assert "\n" not in words and words.startswith("Expected a")
    assert "run of `triptych style train`" in words
    return words


def test_a_network_of_another_program_is_called_one(tmp_path: Path):
    file = tmp_path / "candy.pth"
    file.write_bytes(b"PK")
    for place in (file, tmp_path):
        words = told(place)
        assert "candy.pth" in words and "a network of another program (.pth)" in words
        assert "Train one for the style: triptych style train STYLE PHOTOS." in words


def test_a_model_json_of_another_program_is_called_one(tmp_path: Path):
    words = told(write(tmp_path, {"model_type": "vit", "layers": 3}, "model.json"))
    assert "not written by triptych" in words and "Train one for the style" in words


def test_a_folder_without_a_run_a_missing_one_and_an_unfinished_one_differ(tmp_path: Path):
    assert "there is no folder" in told(tmp_path / "none")
    assert "is none (model.json cannot be read" in told(tmp_path)
    unfinished = write(tmp_path / "run", {"format": 2, "fast": {}})
    assert "has not ended" in told(unfinished) and "--resume" in told(unfinished)
