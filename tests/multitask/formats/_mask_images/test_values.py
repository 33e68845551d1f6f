"""The numbers in masks."""

import numpy as np
import pytest

from triptych.frame.errors import ImageError
from triptych.multitask.formats._mask_images.values import (
    MOST_OBJECTS,
    MaskSample,
    kind_of,
    objects_in,
)


def test_numbers_beyond_255_are_things():
    assert kind_of([MaskSample((0, 7, 300), False, 0)]) == "instances"


def test_one_value_of_its_own_in_each_is_binary():
    assert kind_of([MaskSample((0, 1), False, 1), MaskSample((0,), False, 0)]) == "binary"
    assert kind_of([MaskSample((0, 3, 7), False, 2)]) == "classes"


def test_things_are_cut_to_where_they_are():
    values = np.array([[0, 5, 5, 0], [0, 0, 5, 2], [9, 0, 0, 2]])
    things = {value: (x, y, pixels.tolist()) for value, x, y, pixels in objects_in(values, [9])}
    assert things == {
        2: (3, 1, [[True], [True]]),
        5: (1, 0, [[True, True], [False, True]]),
    }
    assert [*objects_in(np.zeros((2, 2), int))] == []


def test_a_photo_is_no_mask_of_things():
    with pytest.raises(ImageError, match="not as many things"):
        list(objects_in(np.arange(MOST_OBJECTS + 2)[None]))
