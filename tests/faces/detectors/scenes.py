"""Scenes in which the faces are known: real photos pasted on grey noise."""

from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from triptych.faces.detection.face import RGBImage
from triptych.faces.detectors.yunet import YuNet
from triptych.faces.photos.identity_folder import load_identities
from triptych.frame.storage.images import read, resize


def scene(photos: Sequence[RGBImage], height: int, width: int, side: int) -> RGBImage:
    """Photos in rows, each `side` pixels high and wide, with as much space between them."""
    noise = np.random.default_rng(0).integers(110, 140, (height // 8, width // 8, 3))
    canvas = resize(noise.astype(np.uint8), height, width).copy()
    places = [
        (top, left)
        for top in range(side // 2, height - side, 2 * side)
        for left in range(side // 2, width - side, 2 * side)
    ]
    assert len(places) >= len(photos)
    for photo, (top, left) in zip(photos, places):
        canvas[top : top + side, left : left + side] = resize(photo, side, side)
    return canvas


Find = Callable[[str], Path]


def photos(data: Find, count: int) -> list[RGBImage]:
    """The first photos of the subset of LFW, 250 × 250, that show one face, of about 100 pixels,
    and nobody behind."""
    strict = YuNet(score=0.3, smallest_face=10)
    listed = load_identities(data("faces/lfw-subset/lfw-subset.zip")).photos
    every = (read(photo.bytes()) for photo in listed)
    return [*islice((photo for photo in every if len(strict.detect(photo)) == 1), count)]
