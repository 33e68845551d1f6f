"""No label hides another, or another face, or leaves the picture."""

from itertools import combinations

import numpy as np
import pytest

from triptych.faces.drawing.label_layout import place_labels
from triptych.faces.drawing.reading_order import Box

CANVAS = 600, 400


def shared(a: Box, b: Box) -> float:
    across = max(0.0, min(a[2], b[2]) - max(a[0], b[0]))
    return across * max(0.0, min(a[3], b[3]) - max(a[1], b[1]))


@pytest.mark.parametrize("seed", range(20))
def test_labels_that_have_a_place_are_whole_and_alone(seed: int):
    rng = np.random.default_rng(seed)
    corners = rng.uniform((-20, -20), (580, 380), (12, 2))
    sides = rng.uniform(30, 120, 12)
    boxes = [(x, y, x + s, y + s) for (x, y), s in zip(corners, sides)]
    sizes = [(float(w), 18.0) for w in rng.uniform(30, 160, 12)]
    places = place_labels(boxes, sizes, CANVAS)
    labels = {
        number: (x, y, x + sizes[number][0], y + sizes[number][1])
        for number, (x, y) in ((n, place) for n, place in enumerate(places) if place)
    }
    assert len(labels) >= 8
    for left, top, right, bottom in labels.values():
        assert left >= 0 and top >= 0 and right <= CANVAS[0] and bottom <= CANVAS[1]
    assert not any(shared(a, b) for a, b in combinations(labels.values(), 2))
    for number, label in labels.items():
        for other, box in enumerate(boxes):
            area = (box[2] - box[0]) * (box[3] - box[1])
            assert other == number or shared(label, box) <= 0.05 * area + 1e-9


def test_a_face_alone_has_its_label_above():
    assert place_labels([(100, 100, 200, 200)], [(50, 20)], CANVAS) == [(100, 80)]


def test_a_face_that_fills_the_picture_has_it_within():
    ((x, y),) = place_labels([(0, 0, 600, 400)], [(50, 20)], CANVAS)  # type: ignore[misc]
    assert 0 <= x <= 550 and 0 <= y <= 380


def test_no_room_is_said():
    boxes = [(0.0, 0.0, 60.0, 40.0)] * 9
    assert place_labels(boxes, [(60, 15)] * 9, (60, 40)).count(None) >= 6
    assert place_labels([], [], CANVAS) == []
