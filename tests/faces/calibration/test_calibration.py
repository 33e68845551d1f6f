import json
import math
from pathlib import Path

import pytest

from triptych.faces.calibration.calibration import Calibration
from triptych.frame.errors import DataError, WriteError

SOME = Calibration(
    encoder="tiny-1",
    threshold=1.1,
    threshold_low=1.0,
    threshold_high=1.2,
    target_far=1e-3,
    far=9e-4,
    far_low=5e-4,
    far_high=2e-3,
    slope=-8.0,
    intercept=9.6,
    people=24,
    photos=3257,
    genuine_pairs=233397,
    impostor_pairs=5068999,
    source="celeb24",
)


def test_the_threshold_itself_is_accepted():
    assert SOME.accepts(1.1) and not SOME.accepts(1.1001)


def test_the_probability_is_the_logistic_of_the_distance():
    assert SOME.probability(1.2) == pytest.approx(0.5)
    assert SOME.probability(1.0) == pytest.approx(1 / (1 + math.exp(-1.6)))
    assert SOME.probability(0) > 0.999 > SOME.probability(2)


def test_no_distance_overflows():
    assert SOME.probability(1e9) == 0 and SOME.probability(-1e3) == 1


def test_what_is_saved_is_loaded(tmp_path: Path):
    SOME.save(tmp_path / "threshold.json")
    assert Calibration.load(tmp_path / "threshold.json") == SOME


@pytest.mark.parametrize(
    "change",
    [{"threshold": "high"}, {"slope": None}, {"far": math.nan}, {"format": 2}, {"format": "x"}],
)
def test_a_changed_file_is_refused(change: dict, tmp_path: Path):
    (tmp_path / "t.json").write_text(json.dumps({**SOME.to_dict(), **change}))
    with pytest.raises(DataError) as slip:
        Calibration.load(tmp_path / "t.json")
    assert str(tmp_path / "t.json") in str(slip.value) and "\n" not in str(slip.value)


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b"\x80\x04.", b"{}"])
def test_another_file_is_refused(content: bytes, tmp_path: Path):
    (tmp_path / "t.json").write_bytes(content)
    with pytest.raises(DataError):
        Calibration.load(tmp_path / "t.json")


def test_a_missing_file_says_what_makes_one(tmp_path: Path):
    with pytest.raises(DataError, match="faces calibrate"):
        Calibration.load(tmp_path / "none.json")


def test_a_folder_that_is_not_there_cannot_be_written_to(tmp_path: Path):
    with pytest.raises(WriteError):
        SOME.save(tmp_path / "none" / "t.json")
