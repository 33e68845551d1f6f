"""`triptych data`: datasets are listed, drawn and fetched."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from triptych.cli.multitask import data
from triptych.frame.storage import images
from triptych.multitask.sources.mnist import MNIST

from ..typed import Run


@pytest.mark.parametrize("dataset", ["digits", "mosaic-digits", "colored-digits"])
def test_a_sheet_shows_a_dataset(run: Run, few_digits: Path, tmp_path: Path, dataset: str):
    done = run("data", "look", dataset, "--source", few_digits, "--count", 5)
    assert done.status == 0 and "Written: sheet.png" in done.err
    assert images.read(tmp_path / "sheet.png").std() > 0


def test_the_title_of_a_sheet_names_the_source(
    run: Run, few_digits: Path, monkeypatch: pytest.MonkeyPatch
):
    titles: list[str] = []
    monkeypatch.setattr(
        data,
        "ground_truth_sheet",
        lambda info, batch, title: (titles.append(title), np.zeros((9, 9, 3), np.uint8))[1],
    )
    for source in ("drawn", few_digits):
        assert run("data", "look", "digits", "--source", source).status == 0
    end = "/".join(few_digits.parts[-2:])
    assert titles[0].startswith("digits from drawn, train images")
    assert titles[1].startswith(f"digits from …/{end}, train images")


def test_datasets_and_sources_are_listed(run: Run):
    done = run("data", "list")
    assert done.status == 0
    for name in ("mosaic-digits", "emoji", "openmoji", "triptych data get mnist"):
        assert name in done.out


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("data look digit", "Did you mean 'digits'"),
        ("data look digits --count 0", "--count"),
        ("data look digits --source FEW --out sheet.txt", "Name it .png"),
        ("data look digits --source FEW --out none/sheet.png", "Make it"),
        ("data look digits --source FEW --split tests", "Did you mean 'test'"),
        ("data get mnits", "Did you mean 'mnist'"),
        ("data get drawn", "always at hand"),
        ("data get mnist", "TRIPTYCH_OFFLINE is set"),
    ],
)
def test_a_slip_is_told_in_one_line_and_leaves_nothing(
    refused: Callable[[str, str], None], command: str, words: str
):
    refused(command, words)


def test_files_at_hand_are_not_fetched_and_where_they_are_is_told(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    empty = replace(MNIST.assets[3], md5_unpacked=hashlib.md5(b"").hexdigest(), size=0)
    monkeypatch.setattr(MNIST, "assets", (empty,))
    path = tmp_path / "data" / empty.path
    path.parent.mkdir(parents=True)
    monkeypatch.setenv("TRIPTYCH_DATA", str(tmp_path / "data"))
    path.touch()
    done = run("data", "get", "mnist")
    assert done.status == 0 and done.err.startswith(f"at hand: {path} (CC BY-SA 3.0)")
