"""Photos to embeddings, with a detector and an encoder of our own."""

import io
import threading
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from triptych.faces.detection.face import Face, RGBImage
from triptych.faces.detection.quality import QualityThresholds
from triptych.faces.detection.template import ARCFACE_112X96, LandmarkTemplate
from triptych.faces.encoders._encoder import Crops, Encoder, Vectors
from triptych.faces.photos.identity_folder import load_identities
from triptych.faces.recognition import _embedding_buffer, pipeline
from triptych.faces.recognition.pipeline import FacePipeline
from triptych.frame.errors import ConfigError, FaceError, ImageError
from triptych.frame.progress import ProgressEvent

RNG = np.random.default_rng(11)


class Means(Encoder):
    """Mean red, green and blue, and one more number so that no vector is zero."""

    name = fingerprint = "means"
    height, width, dim = 112, 96, 4

    def __init__(self, template: LandmarkTemplate | None = ARCFACE_112X96, channels: int = 3):
        self.template, self.channels = template, channels
        self.batches: list[int] = []

    def encode(self, crops: Crops) -> Vectors:
        self.batches.append(len(crops))
        means = crops.mean((1, 2), dtype=np.float32)
        vectors = np.ones((len(crops), self.dim), np.float32)
        vectors[:, : self.channels] = means
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


class Fixed:
    """Finds `count` faces side by side in every photo, where black photos have none."""

    def __init__(self, count: int = 1):
        self.count = count
        self.threads: set[int] = set()

    def detect(self, photo: RGBImage) -> list[Face]:
        self.threads.add(threading.get_ident())
        points = np.array(ARCFACE_112X96.points, np.float32)
        if not photo.any():
            return []
        corners = [100.0 * number for number in range(self.count)]
        shift = np.array([1, 0], np.float32)
        return [Face(x, 0, x + 96, 112, points + x * shift, 1.0) for x in corners]


def photo(level: int = 128, width: int = 96) -> RGBImage:
    noise = RNG.integers(-20, 20, (112, width, 3))
    return np.clip(level + noise, 1, 255).astype(np.uint8)


def png(pixels: RGBImage) -> bytes:
    packed = io.BytesIO()
    Image.fromarray(pixels).save(packed, "PNG")
    return packed.getvalue()


def test_rows_keep_the_order_of_the_photos(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_embedding_buffer, "BATCH", 4)
    monkeypatch.setattr(pipeline, "AHEAD", 6)
    encoder, photos = Means(), [photo(level) for level in range(40, 240, 8)]
    read = FacePipeline(encoder, detector=Fixed(), workers=3).embed(photos, keep_crops=True)
    assert read.embeddings.photos == tuple(f"photo {n}" for n in range(1, 26))
    assert read.crops is not None
    assert np.abs(read.crops.astype(int) - np.stack(photos)).max() <= 1
    assert max(encoder.batches) == 4 and sum(encoder.batches) == 25
    alone = [FacePipeline(encoder, detector=Fixed()).embed_one(each).vectors[0] for each in photos]
    assert np.allclose(read.embeddings.vectors, alone, atol=1e-6)


def test_bad_photos_are_refused_and_stop_no_other(tmp_path: Path) -> None:
    (tmp_path / "bad.jpg").write_bytes(png(photo())[:400])
    sources = [tmp_path / "bad.jpg", photo(), tmp_path / "none.png", b"", np.zeros_like(photo())]
    read = FacePipeline(Means(), detector=Fixed()).embed(sources)
    assert read.embeddings.photos == ("photo 2",)
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
    read = FacePipeline(Means(), detector=Fixed()).embed(load_identities(tmp_path / "a.zip").photos)
    assert read.embeddings.identities == ("Ada", "Bob")
    assert read.embeddings.photos == ("Ada/1.png", "Bob/1.png")


def test_each_face_of_a_photo_is_a_row() -> None:
    wide = photo(width=200)
    read = FacePipeline(Means(), detector=Fixed(2), faces="all").embed([wide, photo()])
    assert read.embeddings.photos == ("photo 1", "photo 1", "photo 2")
    assert [face.left for face in read.faces if face] == [0, 100, 0]
    with pytest.raises(FaceError, match="the photo: 2 faces where one was expected"):
        FacePipeline(Means(), detector=Fixed(2)).embed_one(wide)


@pytest.mark.parametrize("channels", [1, 3])
def test_pictures_are_taken_whole_where_there_is_no_template(channels: int) -> None:
    read = FacePipeline(Means(None, channels)).embed(
        [photo(width=300), png(photo())], keep_crops=True
    )
    assert read.faces == (None, None)
    assert read.crops is not None and read.crops.shape == (2, 112, 96, channels)


def test_aligned_photos_are_not_searched() -> None:
    read = FacePipeline(Means(), aligned=True).embed([photo(width=112)[..., :1]], keep_crops=True)
    assert read.faces == (None,) and read.crops is not None and read.crops.shape[1:] == (112, 96, 3)


def test_nothing_read_is_an_empty_reading() -> None:
    read = FacePipeline(Means(), detector=Fixed()).embed([], keep_crops=True)
    assert len(read.embeddings) == 0 and read.embeddings.vectors.shape == (0, 4)
    assert read.crops is not None and read.crops.shape == (0, 112, 96, 3)


def test_progress_counts_photos_and_those_refused() -> None:
    steps: list[ProgressEvent] = []
    FacePipeline(Means(), detector=Fixed()).embed(
        [photo(), b""], progress=steps.append, task="look"
    )
    assert [(step.task, step.done, step.total) for step in steps] == [
        ("look", done, 2) for done in range(3)
    ]
    assert steps[-1].metrics == {"refused": 1}


def test_photos_are_found_in_as_many_threads_as_asked_for() -> None:
    finder = Fixed()
    FacePipeline(Means(), detector=finder, workers=1).embed([photo()] * 5)
    assert len(finder.threads) == 1 and threading.get_ident() not in finder.threads


def test_our_own_faults_are_not_called_refusals() -> None:
    class Broken:
        def detect(self, photo: RGBImage) -> list[Face]:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        FacePipeline(Means(), detector=Broken()).embed([photo()] * 5)


@pytest.mark.parametrize("shape", [(2, 3, 3, 3), (0, 3, 3), (3,)])
def test_arrays_that_are_no_image_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ImageError, match="Expected the photo"):
        FacePipeline(Means(None)).embed_one(np.zeros(shape, np.uint8))


def test_a_photo_is_the_same_however_it_is_given(tmp_path: Path) -> None:
    pixels = photo()
    (tmp_path / "a.png").write_bytes(png(pixels))
    ways = [
        *(pixels, png(pixels), tmp_path / "a.png", str(tmp_path / "a.png")),
        *(Image.fromarray(pixels), pixels / 255, torch.from_numpy(pixels).permute(2, 0, 1)),
    ]
    read = FacePipeline(Means(), detector=Fixed()).embed(ways)
    assert len(read.embeddings) == len(ways) and not read.refused
    assert (read.embeddings.vectors == read.embeddings.vectors[0]).all()


def test_a_grey_photo_gives_what_its_colors_would() -> None:
    grey = photo()[..., 0]
    read = FacePipeline(Means(), detector=Fixed()).embed([grey, grey[..., None].repeat(3, 2)])
    assert (read.embeddings.vectors[0] == read.embeddings.vectors[1]).all()


def test_a_face_detected_before_is_cut_out_without_looking_again() -> None:
    detector, pixels = Fixed(), photo(width=200)
    reader = FacePipeline(Means(), detector=detector)
    read = reader.embed([pixels], keep_crops=True)
    reader.detector = None  # it would fail if it were asked
    assert read.crops is not None
    assert (reader.crop(pixels, read.faces[0]) == read.crops[0]).all()
    whole = FacePipeline(Means(None))
    assert whole.crop(pixels, None).shape == (112, 96, 3)


def test_settings_out_of_range_are_told() -> None:
    with pytest.raises(ConfigError, match="one worker or more, got 0"):
        FacePipeline(Means(None), workers=0)
    with pytest.raises(ConfigError, match="got all"):
        FacePipeline(Means(None), faces="all").embed_one(photo())
    lax = FacePipeline(
        Means(), detector=Fixed(), thresholds=QualityThresholds(min_sharpness=0, max_flatness=1)
    )
    assert len(lax.embed_one(np.full((112, 96, 3), 9, np.uint8))) == 1
