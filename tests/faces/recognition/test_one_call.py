"""One call for one image: embeddings, crops, names."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from triptych import faces
from triptych.faces.recognition.one_call import extract_faces, find, represent
from triptych.faces.recognition.pipeline import FacePipeline
from triptych.frame.errors import EncoderMismatchError, FaceError, GalleryError, ImageError
from triptych.frame.storage import images

from .colors import BLUE, GREEN, RED, FaceColor, MeanColor, SideBySide, plain, portrait


def pipeline(**options) -> FacePipeline:
    return FacePipeline(FaceColor(), detector=SideBySide(), **{"faces": "all", **options})


@pytest.fixture
def team(tmp_path: Path) -> str:
    """The address of a gallery of Ada, who is red, and Bob, who is green."""
    for person, color in (("Ada", RED), ("Bob", GREEN)):
        (tmp_path / "team" / person).mkdir(parents=True)
        images.save(tmp_path / "team" / person / "1.png", portrait(color))
    place = str(tmp_path / "people.db")
    with faces.Gallery.open(place, encoder=FaceColor(), create=True) as opened:
        faces.enroll(tmp_path / "team", opened, pipeline=pipeline(faces="one"))
    return place


def test_they_are_exported_by_the_panel():
    assert (faces.represent, faces.extract_faces, faces.find) == (represent, extract_faces, find)


def test_represent_gives_a_vector_for_each_face():
    vectors = represent(portrait(RED, BLUE), pipeline=pipeline())
    assert isinstance(vectors, faces.Embeddings) and len(vectors) == 2
    assert vectors.encoder == "colors-1" and vectors.photos == ("the photo",) * 2
    assert vectors.vectors.argmax(1).tolist() == [0, 2]


def test_represent_takes_an_encoder_alone():
    assert represent(plain(GREEN), encoder=MeanColor()).vectors.argmax(1).tolist() == [1]


def test_an_image_may_be_given_in_any_way(tmp_path: Path):
    pixels = portrait(RED)
    images.save(tmp_path / "a.png", pixels)
    ways = [
        *(pixels, tmp_path / "a.png", str(tmp_path / "a.png"), (tmp_path / "a.png").read_bytes()),
        *(Image.fromarray(pixels), torch.from_numpy(pixels).permute(2, 0, 1), pixels / 255),
    ]
    crops = [extract_faces(way, detector=SideBySide())[0].crop for way in ways]
    vectors = [represent(way, pipeline=pipeline()).vectors for way in ways]
    assert all((crop == crops[0]).all() for crop in crops)
    assert all((vector == vectors[0]).all() for vector in vectors)


def test_faces_are_cut_out_upright_with_their_places():
    first, second = extract_faces(portrait(RED, BLUE), detector=SideBySide())
    assert first.face and second.face and (first.face.left, second.face.left) == (0, 96)
    assert first.crop.shape == second.crop.shape == (112, 112, 3) and first.crop.dtype == np.uint8
    assert first.crop.mean((0, 1)).argmax() == 0
    (narrow,) = extract_faces(
        portrait(RED), detector=SideBySide(), template=faces.detection.template.ARCFACE_112X96
    )
    assert np.abs(narrow.crop.astype(int) - portrait(RED)).max() <= 1


def test_an_image_without_a_face_is_told():
    for call in (represent, lambda image, pipeline: find(image, "none.db", pipeline=pipeline)):
        with pytest.raises((FaceError, GalleryError)):
            call(np.zeros((112, 96, 3), np.uint8), pipeline=pipeline())
    with pytest.raises(FaceError, match="the image: no face was found"):
        extract_faces(np.zeros((112, 96, 3), np.uint8), detector=SideBySide())
    with pytest.raises(ImageError, match=r"none\.png"):
        represent("none.png", pipeline=pipeline())


def test_find_names_each_face(team: str):
    ada, stranger = find(portrait(RED, BLUE), team, pipeline=pipeline(), threshold=0.2)
    assert (ada.person, stranger.person) == ("Ada", None)
    assert [each.person for each in ada.candidates] == ["Ada", "Bob"]
    with faces.Gallery.open(team, encoder=FaceColor()) as opened:
        (bob,) = find(portrait(GREEN), opened, pipeline=pipeline(), top=1, threshold=0.2)
    assert bob.person == "Bob" and len(bob.candidates) == 1


def test_find_refuses_what_it_cannot_look_up(team: str, tmp_path: Path):
    with pytest.raises(FaceError, match="photo 1: no face was found"):
        find(np.zeros((112, 96, 3), np.uint8), team, pipeline=pipeline(), threshold=0.2)
    with pytest.raises(GalleryError, match="There is no gallery"):
        find(portrait(RED), str(tmp_path / "none.db"), pipeline=pipeline(), threshold=0.2)
    other = FaceColor()
    other.fingerprint = "others-1"
    with pytest.raises(EncoderMismatchError):
        find(portrait(RED), team, pipeline=FacePipeline(other, detector=SideBySide()))
