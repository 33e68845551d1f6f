"""Photos to encodings, with a finder and an encoder of our own."""

import io
import threading
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from triptych.faces.detection.face import Face, Photo
from triptych.faces.detection.quality import Standards
from triptych.faces.detection.template import NARROW, Template
from triptych.faces.encoders._encoder import Crops, Encoder, Vectors
from triptych.faces.photos.identity_folder import people
from triptych.faces.recognition import pipeline
from triptych.faces.recognition.pipeline import Reader
from triptych.frame.errors import ConfigError, FaceError, ImageError
from triptych.frame.progress import ProgressEvent

RNG = np.random.default_rng(11)


class Means(Encoder):
    """Mean red, green and blue, and one more number so that no vector is zero."""

    name = fingerprint = "means"
    height, width, size = 112, 96, 4

    def __init__(self, template: Template | None = NARROW, channels: int = 3):
        self.template, self.channels = template, channels
        self.batches: list[int] = []

    def encode(self, crops: Crops) -> Vectors:
        self.batches.append(len(crops))
        means = crops.mean((1, 2), dtype=np.float32)
        vectors = np.ones((len(crops), self.size), np.float32)
        vectors[:, : self.channels] = means
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


class Fixed:
    """Finds `count` faces side by side in every photo, where black photos have none."""

    def __init__(self, count: int = 1):
        self.count = count
        self.threads: set[int] = set()

    def find(self, photo: Photo) -> list[Face]:
        self.threads.add(threading.get_ident())
        points = np.array(NARROW.points, np.float32)
        if not photo.any():
            return []
        corners = [100.0 * number for number in range(self.count)]
        shift = np.array([1, 0], np.float32)
        return [Face(x, 0, x + 96, 112, points + x * shift, 1.0) for x in corners]


def photo(level: int = 128, width: int = 96) -> Photo:
    noise = RNG.integers(-20, 20, (112, width, 3))
    return np.clip(level + noise, 1, 255).astype(np.uint8)


def png(pixels: Photo) -> bytes:
    packed = io.BytesIO()
    Image.fromarray(pixels).save(packed, "PNG")
    return packed.getvalue()


def test_rows_keep_the_order_of_the_photos(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "BATCH", 4)
    monkeypatch.setattr(pipeline, "AHEAD", 6)
    encoder, photos = Means(), [photo(level) for level in range(40, 240, 8)]
    read = Reader(encoder, finder=Fixed(), workers=3).read(photos, keep_crops=True)
    assert read.encodings.photos == tuple(f"photo {n}" for n in range(1, 26))
    assert read.crops is not None
    assert np.abs(read.crops.astype(int) - np.stack(photos)).max() <= 1
    assert max(encoder.batches) == 4 and sum(encoder.batches) == 25
    alone = [Reader(encoder, finder=Fixed()).one(each).vectors[0] for each in photos]
    assert np.allclose(read.encodings.vectors, alone, atol=1e-6)


def test_bad_photos_are_refused_and_stop_no_other(tmp_path: Path) -> None:
    (tmp_path / "bad.jpg").write_bytes(png(photo())[:400])
    sources = [tmp_path / "bad.jpg", photo(), tmp_path / "none.png", b"", np.zeros_like(photo())]
    read = Reader(Means(), finder=Fixed()).read(sources)
    assert read.encodings.photos == ("photo 2",)
    reasons = {refused.photo: refused.reason for refused in read.refused}
    assert list(reasons) == [
        *map(str, (tmp_path / "bad.jpg", tmp_path / "none.png")),
        "photo 4",
        "photo 5",
    ]
    assert "damaged" in reasons[str(tmp_path / "bad.jpg")]
    assert "an empty file: photo 4" in reasons["photo 4"]
    assert reasons["photo 5"].startswith("no face was found")


def test_people_are_told_from_their_folders(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr("Ada/1.png", png(photo()))
        packed.writestr("Bob/1.png", png(photo()))
    read = Reader(Means(), finder=Fixed()).read(people(tmp_path / "a.zip").photos)
    assert read.encodings.people == ("Ada", "Bob")
    assert read.encodings.photos == ("Ada/1.png", "Bob/1.png")


def test_each_face_of_a_photo_is_a_row() -> None:
    wide = photo(width=200)
    read = Reader(Means(), finder=Fixed(2), faces="all").read([wide, photo()])
    assert read.encodings.photos == ("photo 1", "photo 1", "photo 2")
    assert [face.left for face in read.faces if face] == [0, 100, 0]
    with pytest.raises(FaceError, match="the photo: 2 faces where one was expected"):
        Reader(Means(), finder=Fixed(2)).one(wide)


@pytest.mark.parametrize("channels", [1, 3])
def test_pictures_are_taken_whole_where_there_is_no_template(channels: int) -> None:
    read = Reader(Means(None, channels)).read([photo(width=300), png(photo())], keep_crops=True)
    assert read.faces == (None, None)
    assert read.crops is not None and read.crops.shape == (2, 112, 96, channels)


def test_aligned_photos_are_not_searched() -> None:
    read = Reader(Means(), aligned=True).read([photo(width=112)[..., :1]], keep_crops=True)
    assert read.faces == (None,) and read.crops is not None and read.crops.shape[1:] == (112, 96, 3)


def test_nothing_read_is_an_empty_reading() -> None:
    read = Reader(Means(), finder=Fixed()).read([], keep_crops=True)
    assert len(read.encodings) == 0 and read.encodings.vectors.shape == (0, 4)
    assert read.crops is not None and read.crops.shape == (0, 112, 96, 3)


def test_progress_counts_photos_and_those_refused() -> None:
    steps: list[ProgressEvent] = []
    Reader(Means(), finder=Fixed()).read([photo(), b""], watch=steps.append, task="look")
    assert [(step.task, step.done, step.total) for step in steps] == [
        ("look", done, 2) for done in range(3)
    ]
    assert steps[-1].metrics == {"refused": 1}


def test_photos_are_found_in_as_many_threads_as_asked_for() -> None:
    finder = Fixed()
    Reader(Means(), finder=finder, workers=1).read([photo()] * 5)
    assert len(finder.threads) == 1 and threading.get_ident() not in finder.threads


def test_our_own_faults_are_not_called_refusals() -> None:
    class Broken:
        def find(self, photo: Photo) -> list[Face]:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Reader(Means(), finder=Broken()).read([photo()] * 5)


@pytest.mark.parametrize("shape", [(3, 3, 4), (0, 3, 3), (3, 3)])
def test_pixels_of_another_kind_are_refused(shape: tuple[int, int, int]) -> None:
    with pytest.raises(ImageError, match="expected 8-bit pixels"):
        Reader(Means(None)).one(np.zeros(shape, np.uint8))


def test_settings_out_of_range_are_told() -> None:
    with pytest.raises(ConfigError, match="one worker or more, got 0"):
        Reader(Means(None), workers=0)
    with pytest.raises(ConfigError, match="got all"):
        Reader(Means(None), faces="all").one(photo())
    lax = Reader(Means(), finder=Fixed(), standards=Standards(sharpest=0, plainest=1))
    assert len(lax.one(np.full((112, 96, 3), 9, np.uint8))) == 1
