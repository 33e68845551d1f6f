import numpy as np
import pytest

from triptych.multitask.formats._reading.drawn import ShapeError, box, polygon
from triptych.multitask.formats._reading.joining import joined
from triptych.multitask.structures.annotations import BoundingBox, Circle
from triptych.multitask.structures.shapes import PixelMask


def test_several_shapes_of_one_object_are_joined():
    outline = polygon([[0, 0], [4, 0], [4, 4], [0, 4]])
    pixels = PixelMask(2, 2, np.ones((4, 4), bool))
    assert joined([box(0, 0, 1, 1), Circle(9, 9, 2)]) == Circle(9, 9, 2)
    assert joined([box(0, 0, 1, 1), box(5, 6, 7, 8)]) == BoundingBox(0, 0, 7, 8)
    union = joined([outline, pixels])
    assert isinstance(union, PixelMask)
    assert (union.left, union.top, int(union.pixels.sum())) == (0, 0, 28)
    with pytest.raises(ShapeError):
        joined([Circle(9, 9, 2), Circle(5, 5, 2)])
    with pytest.raises(ShapeError):
        joined([PixelMask(0, 0, pixels.pixels[:0]), PixelMask(0, 0, pixels.pixels[:0])])
    with pytest.raises(ShapeError, match="cannot be"):
        joined([PixelMask(0, 0, pixels.pixels), PixelMask(9_000_000, 9_000_000, pixels.pixels)])
