"""Answers on stdout, everything else on stderr."""

import json
from pathlib import Path

import pytest

from triptych.cli.console import check_read, log, print_json, print_table
from triptych.frame.errors import ImageError


def test_json_is_readable_and_keeps_every_letter(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"name": "Zoë", "value": 0.1})
    out, err = capsys.readouterr()
    assert json.loads(out) == {"name": "Zoë", "value": 0.1}
    assert "Zoë" in out and out.count("\n") == 4 and not err


def test_remarks_go_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    log("skipped: a.png")
    assert capsys.readouterr() == ("", "skipped: a.png\n")


def test_a_table_has_its_values_on_the_right(capsys: pytest.CaptureFixture[str]) -> None:
    print_table("Test", {"iou": 0.5, "images": 12}, notes={"iou": "overlap"})
    title, head, first, second = capsys.readouterr().out.splitlines()
    assert title == "Test" and head.split() == ["figure", "value", "what", "it", "means"]
    assert first.split() == ["iou", "0.5000", "overlap"] and second.split() == ["images", "12"]
    assert first.index("0.5000") + 6 == second.index("12") + 2


def test_pictures_of_a_folder_may_be_skipped_but_not_all_nor_one_that_was_named() -> None:
    bad, folder = Path("folder/bad.png"), Path("folder")
    check_read([folder], [bad], 3, read=2)
    with pytest.raises(ImageError, match="1 of 3 pictures could not be read"):
        check_read([folder, bad], [bad], 3, read=2)
    with pytest.raises(ImageError, match="3 of 3"):
        check_read([folder], [bad] * 3, 3, read=0)
