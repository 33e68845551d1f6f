"""Intervals in the original image's pixels, and as JSON."""

import json

from triptych.frame.storage.letterbox import Letterbox
from triptych.multitask import BoundingBox, Circle
from triptych.multitask.calibration.shape_interval import ShapeInterval

TWICE = Letterbox(scale=0.5, left=0, top=4, width=56, height=40)


def test_an_interval_goes_back_into_the_pixels_of_the_image():
    interval = ShapeInterval(Circle(10, 14, 6), Circle(10, 14, 4)).to_original(TWICE)
    assert interval == ShapeInterval(Circle(20, 20, 12), Circle(20, 20, 8))


def test_an_outer_box_ends_at_the_border_of_the_image():
    interval = ShapeInterval(BoundingBox(-2, 4, 10, 14), None).to_original(TWICE)
    assert interval == ShapeInterval(BoundingBox(0, 0, 20, 20), None)


def test_it_reads_as_json():
    told = ShapeInterval(BoundingBox(0, 1, 2, 3), None).to_dict()
    assert json.loads(json.dumps(told)) == {
        "confidence": 0.9,
        "outer": {"left": 0, "top": 1, "right": 2, "bottom": 3},
        "inner": None,
    }
