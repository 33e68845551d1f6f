"""What a network is shown: the whole image, or each character in it."""

from dataclasses import replace

import numpy as np

from triptych.multitask.inference.model_inputs import ground_of, model_inputs
from triptych.multitask.structures.info import DatasetInfo

WHOLE = DatasetInfo("some", 1, 28, 28, ("label",), ("a", "b"))
INK = replace(WHOLE, input="ink")


def test_an_image_is_shown_whole():
    (one,) = model_inputs(np.zeros((40, 60, 3), np.uint8), WHOLE, "auto")
    assert one.canvas.shape == (28, 28, 1) and ground_of(WHOLE) == "white"


def test_of_writing_each_character_is_shown():
    page = np.full((60, 160, 3), 255, np.uint8)
    for left in (20, 70, 120):
        page[15:45, left : left + 6] = 0
    inputs = model_inputs(page, INK, "auto")
    assert len(inputs) == 3 and all(one.inverted for one in inputs)
    assert model_inputs(np.full((60, 80, 3), 255, np.uint8), INK, "auto") == []
    assert ground_of(INK) == "contrast"
