"""A whole image is prepared as the model knows them."""

import numpy as np
import pytest

from triptych.multitask.inference.whole_image import prepare_whole
from triptych.multitask.structures.info import DatasetInfo


@pytest.mark.parametrize(("background", "invert", "expected"), [
    ("dark", "auto", True), ("any", "auto", False), ("dark", "no", False), ("any", "yes", True),
])  # fmt: skip
def test_a_light_border_is_inverted_where_the_model_knows_dark_ones(background, invert, expected):
    info = DatasetInfo("drawn", 1, 8, 8, ("label",), background=background)
    seen = prepare_whole(np.full((20, 10, 3), 250, np.uint8), info, invert)
    assert seen.inverted is expected and seen.canvas.shape == (8, 8, 1)
    assert int(seen.canvas[0, 0, 0]) == (5 if expected else 250)
    assert seen.placement.left == 2
