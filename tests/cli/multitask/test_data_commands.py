"""`triptych data check`, `convert` and `look` on pictures of one's own."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from triptych.frame.storage import images

from ..typed import Run, slip


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    """Two classes of twelve pictures each."""
    for number in range(24):
        folder = tmp_path / "pets" / ("cat", "dog")[number % 2]
        folder.mkdir(parents=True, exist_ok=True)
        coarse = np.random.default_rng(number).integers(0, 255, (5, 6, 3), np.uint8)
        large = Image.fromarray(coarse).resize((60, 50), Image.Resampling.BICUBIC)
        large.save(folder / f"{number}.png")
    return tmp_path / "pets"


def test_a_good_set_passes(run: Run, folders: Path):
    done = run("data", "check", folders)
    assert done.status == 0 and "Passed: 0 errors, 0 warnings, 0 notes." in done.out
    for words in ("24 pictures", "train 16 · validation 4 · test 4", "label", "cat", "60×50 24"):
        assert words in done.out


def test_a_damaged_picture_fails_with_3_and_its_name(run: Run, folders: Path):
    (folders / "cat" / "0.png").write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    done = run("data", "check", "pets", "--out", "page.html")
    assert done.status == 3
    assert "cat/0.png" in done.out and "Failed: 1 error" in done.out
    assert "Data check failed" in Path("page.html").read_text()
    told = json.loads(run("data", "check", "pets", "--json").out)
    assert not told["passes"]
    (finding,) = told["sets"][0]["findings"]
    assert finding["severity"] == "error" and finding["examples"][0]["file"] == "cat/0.png"


def test_warnings_fail_where_it_is_strict(run: Run, folders: Path):
    (folders / "dog" / "copy.png").write_bytes((folders / "dog" / "1.png").read_bytes())
    (folders / "rare").mkdir()
    Image.effect_noise((40, 40), 80).save(folders / "rare" / "x.png")
    assert run("data", "check", folders).status == 0
    done = run("data", "check", folders, "--strict")
    assert done.status == 3 and "fewer than 10" in done.out
    assert run("data", "check", folders, "--few", "1").out.count("fewer than") == 0


def test_several_sets_are_checked_at_once(run: Run, folders: Path, few_digits: Path):
    (folders.parent / "empty").mkdir()
    done = run("data", "check", folders, folders / "cat")
    assert done.out.count("pictures") > 2 and "No head can learn" in done.out
    assert done.status == 3
    slip(run("data", "check", folders, folders.parent / "empty"), "empty")


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("data check none", "There is no file or folder"),
        ("data check FEW --format labelm", "Did you mean 'labelme'"),
        ("data convert none labelme out", "There is no file or folder"),
        ("data convert FEW labelm out", "Did you mean 'labelme'"),
        ("data look FEW --source drawn", "Leave it out"),
        ("data look digits --format labelme", "Leave it out"),
    ],
)
def test_a_slip_is_told_in_one_line_and_leaves_nothing(
    refused: Callable[[str, str], None], command: str, words: str
):
    refused(command, words)


def test_a_set_is_converted_checked_and_looked_at(run: Run, folders: Path):
    done = run("data", "convert", "pets", "labelme", "out")
    assert done.status == 0 and "Written: out (24 pictures as labelme)" in done.err
    assert "24 pictures" in run("data", "check", "out").out
    slip(run("data", "convert", "pets", "labelme", "out"), "Name a new folder")
    done = run("data", "look", "pets", "--count", 5, "--split", "train")
    assert done.status == 0 and "Written: sheet.png" in done.err
    assert images.read("sheet.png").std() > 0
