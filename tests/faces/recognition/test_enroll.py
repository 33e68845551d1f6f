from pathlib import Path

import numpy as np
import pytest

from triptych.faces.gallery.gallery import Gallery
from triptych.faces.photos import identity_folder
from triptych.faces.recognition.enroll import enroll
from triptych.faces.recognition.pipeline import FacePipeline
from triptych.frame.errors import DataError
from triptych.frame.progress import ProgressEvent
from triptych.frame.storage import image_folder, images

from .colors import MeanColor


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    chance = np.random.default_rng(0)
    for person in ("Ada", "Bob"):
        (tmp_path / "team" / person).mkdir(parents=True)
        for number in range(3):
            drawn = chance.integers(0, 255, (8, 8, 3), np.uint8)
            images.save(tmp_path / "team" / person / f"{number}.png", drawn)
    return tmp_path / "team"


@pytest.fixture
def encoder() -> MeanColor:
    return MeanColor()


@pytest.fixture
def gallery(tmp_path: Path):
    place = str(tmp_path / "people.db")
    with Gallery.open(place, encoder="colors-1", size=3, create=True) as opened:
        yield opened


def test_what_was_enrolled_is_not_even_encoded_again(
    folder: Path, gallery: Gallery, encoder: MeanColor
):
    first = enroll(folder, gallery, pipeline=FacePipeline(encoder))
    assert (first.people, first.added, first.known) == (2, 6, 0) and encoder.encoded == 6
    again = enroll(folder, gallery, pipeline=FacePipeline(encoder))
    assert (again.added, again.known) == (0, 6) and encoder.encoded == 6


def test_what_is_left_out_of_a_folder_is_told(folder: Path, gallery: Gallery, encoder: MeanColor):
    (folder / "Ada" / "notes.txt").write_text("x")
    (folder / "stray.png").write_bytes((folder / "Ada" / "0.png").read_bytes())
    result = enroll(folder, gallery, pipeline=FacePipeline(encoder))
    assert [each.photo for each in result.left_out] == ["Ada/notes.txt", "stray.png"]
    assert result.to_dict()["left_out"] == [each.to_dict() for each in result.left_out]


def test_stopped_half_way_it_goes_on_where_it_was(
    folder: Path, gallery: Gallery, encoder: MeanColor, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("triptych.faces.recognition.enroll.CHUNK", 2)

    def stop(step: ProgressEvent) -> None:
        if step.done >= 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        enroll(folder, gallery, pipeline=FacePipeline(encoder), progress=stop)
    kept = len(gallery)
    assert kept in (2, 4)
    done = enroll(folder, gallery, pipeline=FacePipeline(encoder))
    assert (done.added, done.known) == (6 - kept, kept) and len(gallery) == 6


def test_a_photo_that_changed_hands_is_moved(folder: Path, gallery: Gallery, encoder: MeanColor):
    enroll(folder, gallery, pipeline=FacePipeline(encoder))
    (folder / "Ada/0.png").rename(folder / "Bob/moved.png")
    done = enroll(folder, gallery, pipeline=FacePipeline(encoder))
    assert (done.added, done.known, done.moved) == (0, 5, 1)
    assert {person.name: person.photos for person in gallery.people()} == {"Ada": 2, "Bob": 4}


def test_progress_counts_every_photo_once(folder: Path, gallery: Gallery, encoder: MeanColor):
    (folder / "Bob/1.png").write_text("no picture")
    steps: list[ProgressEvent] = []
    done = enroll(folder, gallery, pipeline=FacePipeline(encoder), progress=steps.append)
    counts = [step.done for step in steps]
    assert counts == sorted(counts) and counts[-1] == steps[-1].total == 6
    assert steps[-1].metrics == {"refused": 1}
    assert [each.photo for each in done.refused] == ["Bob/1.png"] and done.added == 5


def test_a_folder_without_people_is_refused(tmp_path: Path, gallery: Gallery, encoder: MeanColor):
    with pytest.raises(DataError):
        enroll(tmp_path / "none", gallery, pipeline=FacePipeline(encoder))


def test_each_file_is_read_once(
    folder: Path, gallery: Gallery, encoder: MeanColor, monkeypatch: pytest.MonkeyPatch
):
    reads: list[str] = []

    def count(source: Path, name: str) -> bytes:
        reads.append(name)
        return image_folder.read_bytes(source, name)

    monkeypatch.setattr(identity_folder, "read_bytes", count)
    monkeypatch.setattr("triptych.faces.recognition.enroll.CHUNK_BYTES", 1)  # a photo a chunk
    assert enroll(folder, gallery, encoder=encoder).added == 6
    assert sorted(reads) == [f"{person}/{n}.png" for person in ("Ada", "Bob") for n in range(3)]


def test_without_a_pipeline_the_default_takes_one_face(
    folder: Path, gallery: Gallery, monkeypatch: pytest.MonkeyPatch
):
    asked = []

    def resolve(*given: object) -> FacePipeline:
        asked.append(given)
        return FacePipeline(MeanColor())

    monkeypatch.setattr(f"{enroll.__module__}.resolve_pipeline", resolve)
    assert enroll(folder, gallery).added == 6 and asked == [(None, None, "one")]
