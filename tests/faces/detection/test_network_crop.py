"""What a network reads: a face, an aligned image, or an image as a whole."""

import numpy as np

from triptych.faces.detection.aligned_crop import crop_aligned
from triptych.faces.detection.alignment import align_face, convert_channels, resize_whole
from triptych.faces.detection.network_crop import network_crop
from triptych.faces.detection.template import ARCFACE_112X96

IMAGE = np.random.default_rng(0).integers(0, 256, (140, 130, 3), dtype=np.uint8)
LANDMARKS = np.array(ARCFACE_112X96.points, np.float32) + 9


def test_each_kind_of_image_is_cut_its_own_way():
    whole = network_crop(IMAGE, None, None, (40, 30, 1))
    assert np.array_equal(whole, resize_whole(IMAGE, 40, 30, 1))
    aligned = network_crop(IMAGE, None, ARCFACE_112X96, (112, 96, 3))
    assert np.array_equal(aligned, crop_aligned(IMAGE, ARCFACE_112X96))
    face = network_crop(IMAGE, LANDMARKS, ARCFACE_112X96, (112, 96, 1))
    expected = convert_channels(align_face(IMAGE, LANDMARKS, ARCFACE_112X96), 1)
    assert np.array_equal(face, expected) and face.shape == (112, 96, 1)
