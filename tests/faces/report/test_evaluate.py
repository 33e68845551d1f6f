"""An encoder measured on a folder of people."""

import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from triptych.faces.calibration.calibration import Calibration
from triptych.faces.detection.face import Face, RGBImage
from triptych.faces.detection.template import ARCFACE_112X112
from triptych.faces.encoders._encoder import Crops, Encoder, Vectors
from triptych.faces.report.evaluate import evaluate
from triptych.faces.report.result import FaceEvaluation
from triptych.frame.errors import ConfigError, DataError, EncoderMismatchError
from triptych.frame.progress import ProgressEvent
from triptych.frame.storage import images


class Colours(Encoder):
    """Tells pictures apart by their pixels."""

    name, fingerprint = "colours", "colours-000000000000"
    height = width = 6
    channels, dim, template = 3, 108, None

    def encode(self, crops: Crops) -> Vectors:
        flat = crops.reshape(len(crops), self.dim).astype(np.float32) - 127.5
        return flat / np.linalg.norm(flat, axis=1, keepdims=True)


def album(folder: Path, people: int, photos: int, noise: float = 40.0) -> Path:
    """A folder of people, each a pattern, each photo of whom has noise of its own."""
    chance = np.random.default_rng(7)
    for person in range(people):
        place = folder / f"p{person:02}"
        place.mkdir(parents=True)
        pattern = chance.integers(60, 200, (6, 6, 3))
        for photo in range(1, photos + 1):
            pixels = (pattern + chance.normal(0, noise, pattern.shape)).clip(0, 255)
            images.save(place / f"p{person:02}_{photo:04}.png", pixels.astype(np.uint8))
    return folder


@pytest.fixture(scope="module")
def dozen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return album(tmp_path_factory.mktemp("dozen"), 12, 5)


@pytest.fixture(scope="module")
def found(dozen: Path) -> FaceEvaluation:
    return evaluate(dozen, encoder=Colours(), folds=4)


def calibration(encoder: str = Colours.fingerprint) -> Calibration:
    numbers = (0.9, 0.8, 1.0, 0.01, 0.01, 0.0, 0.02, -9.0, 8.0)
    return Calibration(encoder, *numbers, 5, 50, 100, 1000, "other photos")


def test_every_figure_is_named_defined_and_a_share(found: FaceEvaluation):
    assert found.metrics.keys() == found.definitions.keys()
    assert found.metrics.keys() >= {
        "verification/accuracy",
        "verification/accuracy_low",
        "verification/eer",
        "verification/tar_at_far_1e-1",
        "identification/rank1",
        "classifier/logistic",
        "classifier/svm_linear",
    }
    assert all(value is None or 0 <= value <= 1 for value in found.metrics.values())
    assert all("\n" not in text and text for text in found.definitions.values())
    low, middle, high = (
        found.metrics[f"verification/accuracy{end}"] or 0.0 for end in ("_low", "", "_high")
    )
    assert 0.5 < low <= middle <= high


def test_the_json_says_what_was_measured_on_what(found: FaceEvaluation, dozen: Path):
    told = json.loads(json.dumps(found.to_dict()))
    assert (told["photos"], told["people"], told["encoder"]) == (60, 12, "colours-000000000000")
    assert told["pairs"]["same"] == told["pairs"]["different"] > 0
    assert len(told["pairs"]["folds"]) == 4 and told["pairs"]["folds_share_no"] == "person"
    assert told["refused"] == told["left_out"] == [] and told["calibration"] is None
    assert told["folder"] == str(dozen)


def test_the_same_seed_gives_the_same_evaluation(found: FaceEvaluation, dozen: Path):
    assert evaluate(dozen, encoder=Colours(), folds=4).to_dict() == found.to_dict()


def test_a_refused_photo_counts_as_an_error(tmp_path: Path):
    clean = evaluate(album(tmp_path / "clean", 10, 4, 1.0), encoder=Colours(), folds=5)
    assert clean.metrics["verification/accuracy"] == clean.metrics["identification/rank1"] == 1
    (tmp_path / "clean" / "p03" / "p03_0002.png").write_bytes(b"no picture")
    told = evaluate(tmp_path / "clean", encoder=Colours(), folds=5)
    assert [each.photo for each in told.refused] == ["p03/p03_0002.png"]
    assert told.metrics["identification/rank1"] == 29 / 30
    assert told.comparison
    wrong, count = told.comparison.errors.num_without_face, len(told.comparison.pairs)
    assert told.metrics["verification/accuracy"] == pytest.approx(1 - wrong / count)
    assert wrong >= 3 and told.comparison.errors.photos() == []


def test_a_calibrated_threshold_is_judged_on_these_photos(dozen: Path):
    told = evaluate(dozen, encoder=Colours(), folds=4, calibration=calibration())
    assert told.metrics["verification/far_at_threshold"] is not None
    assert told.metrics["identification/fpir_at_threshold"] is not None
    assert told.to_dict()["calibration"]["threshold"] == 0.9
    with pytest.raises(EncoderMismatchError, match=r"^The calibration was made with .*'other-1'"):
        evaluate(dozen, encoder=Colours(), calibration=calibration("other-1"))


def test_listed_pairs_are_taken_instead_of_drawn_ones(dozen: Path, tmp_path: Path):
    lines = ["2\t3"]
    for fold in (0, 1):
        lines += [f"p{fold:02}\t{photo}\t{photo + 1}" for photo in (1, 2, 3)]
        lines += [f"p{fold:02}\t{photo}\tp{fold + 2:02}\t{photo}" for photo in (1, 2, 3)]
    listed = tmp_path / "pairs.txt"
    listed.write_text("\n".join(lines))
    told = evaluate(dozen, encoder=Colours(), pairs=listed)
    assert told.to_dict()["pairs"]["same"] == told.to_dict()["pairs"]["different"] == 6
    assert str(listed) in told.to_dict()["pairs"]["source"]
    listed.write_text("\n".join(lines[:-1]))
    with pytest.raises(DataError, match="promises 2 folds"):
        evaluate(dozen, encoder=Colours(), pairs=listed)


def test_what_a_folder_is_too_small_for_is_left_out_in_words(tmp_path: Path):
    told = evaluate(album(tmp_path / "few", 2, 3), encoder=Colours())
    assert told.comparison is None and told.identification is not None
    assert any(text.startswith("Pairs: Expected") for text in told.skipped)
    assert "verification/accuracy" not in told.metrics and "identification/rank1" in told.metrics
    assert told.to_dict()["pairs"] is None


@pytest.mark.parametrize(("people", "photos"), [(1, 1), (1, 30), (5, 1)])
def test_a_folder_nothing_can_be_measured_on_is_refused(people: int, photos: int, tmp_path: Path):
    folder = album(tmp_path / "none", people, photos)
    with pytest.raises(ConfigError, match="too few photos to measure on") as told:
        evaluate(folder, encoder=Colours())
    assert "\n" not in str(told.value)


def test_photos_none_of_which_can_be_read_are_refused(tmp_path: Path):
    (tmp_path / "p").mkdir()
    for number in range(3):
        (tmp_path / "p" / f"{number}.jpg").write_bytes(b"nothing")
    with pytest.raises(
        DataError, match=r"None of the 3 photos .* the first was refused: .*p/0\.jpg"
    ):
        evaluate(tmp_path, encoder=Colours())


def test_settings_that_make_no_sense_are_refused(dozen: Path):
    with pytest.raises(ConfigError, match="at least 2 folds, got 1"):
        evaluate(dozen, encoder=Colours(), folds=1)
    with pytest.raises(ConfigError, match="one or largest"):
        evaluate(dozen, encoder=Colours(), faces="all")


def test_who_watches_hears_of_reading_and_measuring(dozen: Path):
    steps: list[ProgressEvent] = []
    evaluate(dozen, encoder=Colours(), folds=4, progress=steps.append)
    last = {step.task: step for step in steps}
    assert [*last] == ["read photos", "measure"]
    assert all(step.done == step.total for step in last.values())


def test_the_worst_photos_are_not_encoded_again(tmp_path: Path):
    class Counting(Colours):
        encoded = 0

        def encode(self, crops: Crops) -> Vectors:
            self.encoded += len(crops)
            return super().encode(crops)

    encoder = Counting()
    told = evaluate(album(tmp_path / "hard", 12, 5, 150.0), encoder=encoder, folds=4)
    assert told.comparison and encoder.encoded == 60
    photos = told.comparison.errors.photos()
    assert photos and [*told.crops] == [photo.name for photo in photos]
    for photo in photos:
        assert (told.crops[photo.name] == images.read(photo.bytes())).all()


@pytest.mark.real
@pytest.mark.slow
def test_real_faces_are_told_apart_as_well_as_promised(data: Callable[[str], Path]):
    told = evaluate(data("faces/lfw-subset/lfw-subset.zip"))
    assert told.refused == ()
    assert (told.metrics["verification/accuracy"] or 0) >= 0.98
    assert (told.metrics["verification/eer"] or 1) <= 0.02
    assert (told.metrics["identification/rank1"] or 0) >= 0.97


def test_errors_are_told_by_group_and_written_beside_the_report(dozen: Path, tmp_path: Path):
    people = [f"p{person:02}" for person in range(12)]
    rows = [f"{name},{'even' if int(name[1:]) % 2 == 0 else 'odd'}" for name in people[:-1]]
    (tmp_path / "groups.csv").write_text("\n".join(["person,group", *rows, "Zoe,odd"]))
    told = evaluate(
        dozen,
        encoder=Colours(),
        folds=4,
        groups=tmp_path / "groups.csv",
        calibration=calibration(),
        out=tmp_path / "report",
    )
    assert told.groups and [each.people for each in told.groups.groups] == [6, 5]
    assert told.groups.threshold == 0.9 and told.groups.groups[0].fnmr.pairs == 6 * 10
    assert any("Zoe" in each for each in told.skipped) and any("p11" in s for s in told.skipped)
    assert told.to_dict()["groups"]["groups"][0]["group"] == "even"
    written = (tmp_path / "report/groups.csv").read_text()
    assert written.startswith("group,people,photos") and written.count("\n") == 3
    assert "Errors by group" in (tmp_path / "report/report.html").read_text()
    evaluate(dozen, encoder=Colours(), folds=4, out=tmp_path / "report")
    assert not (tmp_path / "report/groups.csv").exists()


class Portraits(Colours):
    """The same of aligned faces."""

    template = ARCFACE_112X112
    height = width = 112
    dim = 3 * 112 * 112


class WholePhoto:
    """Detects the one face there is in each photo."""

    def detect(self, image: RGBImage, /) -> list[Face]:
        points = np.array(ARCFACE_112X112.points, np.float32)
        return [Face(0, 0, 112, 112, points, 1.0)]


def test_photos_of_faces_have_errors_by_quality(tmp_path: Path):
    chance = np.random.default_rng(3)
    for person in range(8):
        (tmp_path / f"p{person}").mkdir()
        pattern = cv2.resize(chance.integers(0, 255, (16, 16, 3)).astype(np.uint8), (112, 112))
        for photo in range(5):
            noise = chance.normal(0, 6 * photo, pattern.shape)
            pixels = (0.6 * pattern + noise).clip(0, 255).astype(np.uint8)
            images.save(tmp_path / f"p{person}" / f"{photo}.png", pixels)
    told = evaluate(
        tmp_path, encoder=Portraits(), detector=WholePhoto(), folds=2, out=tmp_path / "r"
    )
    assert told.quality and told.metrics["quality/fnmr"] is not None
    assert len({*np.round(told.quality.genuine_discarded, 6)}) > 5
    assert (tmp_path / "r/quality.png").exists()
    assert "Errors by quality" in (tmp_path / "r/report.html").read_text()
