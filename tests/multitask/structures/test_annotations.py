"""Answers in the picture's own pixels, and as JSON."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triptych.frame.storage.letterbox import Letterbox
from triptych.multitask.structures.annotations import (
    BinaryMask,
    BoundingBox,
    Circle,
    ClassLabel,
    SemanticMap,
    rle_encode,
    run_lengths,
)

# a picture of 40 × 20 pixels, shrunk by half, in the middle of a canvas of 20 × 20
HALF = Letterbox(scale=0.5, left=0, top=5, width=40, height=20)


def test_places_are_carried_back_to_the_picture():
    box, circle = BoundingBox(1, 6, 11, 10).to_original(HALF), Circle(10, 10, 2).to_original(HALF)
    assert vars(box) == pytest.approx({"left": 2, "top": 2, "right": 22, "bottom": 10})
    assert vars(circle) == pytest.approx({"x": 20, "y": 10, "radius": 4})


def test_a_class_has_no_place():
    assert ClassLabel("7", 0.5).to_original(HALF) == ClassLabel("7", 0.5)


def test_masks_and_maps_come_in_the_size_of_the_picture():
    canvas = np.zeros((20, 20), np.float32)
    canvas[:, 10:] = 0.9
    mask = BinaryMask(canvas).to_original(HALF)
    assert mask.pixels.shape == (20, 40)
    assert mask.pixels[:, 21:].all() and not mask.pixels[:, :19].any()
    found = SemanticMap((canvas > 0.5).astype(int) * 2, ("background", "0", "1")).to_original(HALF)
    assert found.classes.shape == (20, 40) and found.to_dict()["1"]["area"] == 400


def test_answers_become_json():
    shown = [
        ClassLabel("7", 0.98765).to_dict(),
        BoundingBox(1, 2, 3, 4).to_dict(),
        Circle(1, 2, 3.14159).to_dict(),
        BinaryMask(np.array([[0.4, 0.6]])).to_dict(),
        SemanticMap(np.array([[0, 2], [2, 1]]), ("background", "a", "b")).to_dict(),
    ]
    assert json.loads(json.dumps(shown)) == [
        {"name": "7", "probability": 0.9877},
        {"left": 1, "top": 2, "right": 3, "bottom": 4},
        {"x": 1, "y": 2, "radius": 3.14},
        {"area": 1, "rle": {"size": [1, 2], "counts": [1, 1]}},
        {
            "a": {"area": 1, "rle": {"size": [2, 2], "counts": [3, 1]}},
            "b": {"area": 2, "rle": {"size": [2, 2], "counts": [1, 2, 1]}},
        },
    ]


@given(st.lists(st.lists(st.booleans(), min_size=4, max_size=4), min_size=1, max_size=5))
def test_run_lengths_give_the_mask_back(rows: list[list[bool]]):
    mask = np.array(rows)
    code = rle_encode(mask)
    values = [np.full(count, place % 2, bool) for place, count in enumerate(code["counts"])]
    assert np.array_equal(np.concatenate(values).reshape(code["size"][::-1]).T, mask)
    assert all(code["counts"][1:])


@pytest.mark.parametrize(
    ("values", "runs"),
    [
        ([False, True, True], [1, 2]),
        ([True, False, True], [0, 1, 1, 1]),
        ([False, False], [2]),
        ([True], [0, 1]),
        ([], [0]),
    ],
    ids=str,
)
def test_runs_alternate_from_false(values: list[bool], runs: list[int]):
    assert run_lengths(np.array(values, bool)).tolist() == runs
