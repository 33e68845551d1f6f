from pathlib import Path

import numpy as np
import pytest

from triptych.faces.encoders._encoder import Crops, Encoder, Vectors
from triptych.faces.gallery.gallery import Gallery
from triptych.faces.recognition.enroll import enroll
from triptych.faces.recognition.pipeline import FacePipeline
from triptych.frame.errors import DataError
from triptych.frame.progress import ProgressEvent
from triptych.frame.storage import images


class Colours(Encoder):
    """The mean colour of a picture, as a unit vector; counts what it is asked for."""

    name, fingerprint, dim = "colours", "colours-1", 3
    height = width = 8
    channels, template = 3, None
    encoded = 0

    def encode(self, crops: Crops) -> Vectors:
        self.encoded += len(crops)
        means = crops.mean((1, 2), dtype=np.float32) + 1
        return means / np.linalg.norm(means, axis=1, keepdims=True)


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
def encoder() -> Colours:
    return Colours()


@pytest.fixture
def gallery(tmp_path: Path):
    place = str(tmp_path / "people.db")
    with Gallery.open(place, encoder="colours-1", size=3, create=True) as opened:
        yield opened


def test_what_was_enrolled_is_not_even_encoded_again(
    folder: Path, gallery: Gallery, encoder: Colours
):
    first = enroll(folder, gallery, pipeline=FacePipeline(encoder))
    assert (first.people, first.added, first.known) == (2, 6, 0) and encoder.encoded == 6
    again = enroll(folder, gallery, pipeline=FacePipeline(encoder))
    assert (again.added, again.known) == (0, 6) and encoder.encoded == 6


def test_stopped_half_way_it_goes_on_where_it_was(
    folder: Path, gallery: Gallery, encoder: Colours, monkeypatch: pytest.MonkeyPatch
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


def test_a_photo_that_changed_hands_is_moved(folder: Path, gallery: Gallery, encoder: Colours):
    enroll(folder, gallery, pipeline=FacePipeline(encoder))
    (folder / "Ada/0.png").rename(folder / "Bob/moved.png")
    done = enroll(folder, gallery, pipeline=FacePipeline(encoder))
    assert (done.added, done.known, done.moved) == (0, 5, 1)
    assert {person.name: person.photos for person in gallery.people()} == {"Ada": 2, "Bob": 4}


def test_progress_counts_every_photo_once(folder: Path, gallery: Gallery, encoder: Colours):
    (folder / "Bob/1.png").write_text("no picture")
    steps: list[ProgressEvent] = []
    done = enroll(folder, gallery, pipeline=FacePipeline(encoder), progress=steps.append)
    counts = [step.done for step in steps]
    assert counts == sorted(counts) and counts[-1] == steps[-1].total == 6
    assert steps[-1].metrics == {"refused": 1}
    assert [each.photo for each in done.refused] == ["Bob/1.png"] and done.added == 5


def test_a_folder_without_people_is_refused(tmp_path: Path, gallery: Gallery, encoder: Colours):
    with pytest.raises(DataError):
        enroll(tmp_path / "none", gallery, pipeline=FacePipeline(encoder))
