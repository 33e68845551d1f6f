from pathlib import Path

import pytest

from triptych.cli.faces.identity_sources import load_people, unread


def test_what_was_joined_and_what_is_left_out_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    for name in ("train/Ann/1.jpg", "val/Ann/1.jpg", "val/Bob/2019/1.jpg", "Dee.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    folders = load_people([tmp_path])
    said = capsys.readouterr().err
    assert "note: train, val are parts of one set and no person; 1 people are in several" in said
    assert "note: folders in a person's folder count as that person's: val/Bob/2019." in said
    assert "left out: " in said and "Dee.jpg: lies in no folder of a person" in said
    told = unread(folders)
    assert [each["photo"] for each in told["left_out"]] == ["Dee.jpg"] and len(told["notes"]) == 2
