"""Crops a network learns from are those that it is asked about later."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from triptych.faces.detection.face import Face
from triptych.faces.detection.template import (
    ARCFACE_112X96,
    ARCFACE_112X112,
    DLIB_150X150,
    scaled_template,
)
from triptych.faces.photos.cropping import Cropper, crop_template
from triptych.faces.photos.identity_folder import ImageFile, load_identities
from triptych.frame.errors import FaceError
from triptych.frame.storage import images


class Finds:
    """A finder that finds faces where it was told to."""

    def __init__(self, *faces: Face):
        self.faces = faces

    def detect(self, photo: np.ndarray) -> list[Face]:
        return list(self.faces)


def photo(folder: Path, pixels: np.ndarray) -> ImageFile:
    (folder / "ann").mkdir(exist_ok=True)
    images.save(folder / "ann" / "0.png", pixels)
    return load_identities(folder).photos[0]


RAMP = np.broadcast_to(np.arange(128, dtype=np.uint8)[None, :, None], (112, 128, 3)).copy()


def test_templates_of_the_customary_sizes_are_the_customary_ones():
    assert np.allclose(scaled_template(112, 96).points, ARCFACE_112X96.points)
    assert np.allclose(scaled_template(112, 112).points, ARCFACE_112X112.points)
    assert np.allclose(np.array(scaled_template(56, 48).points) * 2, ARCFACE_112X96.points)


def test_a_picture_is_taken_whole(tmp_path):
    crop = Cropper("whole", 56, 64, 1)
    assert crop.template is None
    found = crop(photo(tmp_path, RAMP))
    assert found.shape == (56, 64, 1)
    assert np.allclose(found[0, :, 0], np.arange(64) * 2 + 0.5, atol=1)


def test_of_an_aligned_picture_the_middle_is_taken(tmp_path):
    found = Cropper("aligned", 112, 96, 3)(photo(tmp_path, RAMP))
    assert found.shape == (112, 96, 3)
    assert np.array_equal(found[0, :, 0], np.arange(16, 112))


def test_the_largest_face_is_found_and_brought_to_the_template(tmp_path):
    # landmarks of the template, four pixels to the right in the photo
    marks = np.array(ARCFACE_112X96.points, np.float32) + np.array([4, 0], np.float32)
    face = Face(0, 0, 100, 100, marks, 1.0)
    found = Cropper("find", 112, 96, 1, detector=Finds(face))(photo(tmp_path, RAMP))
    assert found.shape == (112, 96, 1)
    assert np.allclose(found[50, :, 0], np.arange(4, 100), atol=1)


def test_a_photo_without_a_face_is_refused_by_name(tmp_path):
    with pytest.raises(FaceError, match=r"No face found in ann/0\.png"):
        Cropper("find", 112, 96, 1, detector=Finds())(photo(tmp_path, RAMP))


@pytest.mark.real
def test_faces_of_real_photographs_are_found(data: Callable[[str], Path]):
    who = load_identities(data("faces/orl/orl_faces.zip"))
    crop = Cropper("find", 56, 48, 1)
    found = np.stack([crop(photo) for photo in who.photos[:20]])
    # eyes are darker than the cheeks below them
    eyes = found[:, 23:28, [13, 14, 15, 16, 31, 32, 33, 34]].mean()
    assert eyes < found[:, 33:38, [13, 14, 15, 16, 31, 32, 33, 34]].mean() - 10


def test_a_template_by_name_is_scaled_to_the_crop():
    assert crop_template("whole", 150, 150, "dlib") is None
    assert crop_template("find", 150, 150, "dlib") == DLIB_150X150
    half = crop_template("find", 75, 75, "dlib")
    assert half is not None and np.allclose(np.array(half.points) * 2, DLIB_150X150.points)
