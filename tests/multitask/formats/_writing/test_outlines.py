"""Shapes as polygons cover the same pixels."""

import numpy as np
import pytest
from scipy.ndimage import binary_fill_holes

from triptych.multitask.formats._writing.outlines import joined, polygon_of
from triptych.multitask.structures.annotations import BoundingBox, Circle
from triptych.multitask.structures.rasterize import shape_pixels
from triptych.multitask.structures.shapes import Ellipse, OrientedBox, PixelMask, Polygon, Shape


@pytest.mark.parametrize("seed", range(5))
def test_the_polygon_of_a_mask_covers_its_pixels_and_no_others(seed: int):
    random = np.random.default_rng(seed)
    blob = np.zeros((30, 40), bool)
    for _ in range(6):
        y, x = random.integers(0, 24), random.integers(0, 32)
        blob[y : y + 6, x : x + 7] = True
    filled = np.asarray(binary_fill_holes(blob))
    mask = PixelMask(5, 3, filled)
    polygon = polygon_of(mask)
    assert (shape_pixels(polygon, 40, 50) == shape_pixels(mask, 40, 50)).all()
    line = Polygon((joined(polygon),))
    assert (shape_pixels(line, 40, 50) == shape_pixels(mask, 40, 50)).all()


@pytest.mark.parametrize(
    "shape",
    [
        BoundingBox(3, 4, 20, 30),
        OrientedBox(20, 20, 20, 8, 0.4),
        Circle(20, 20, 10),
        Ellipse(20, 20, 12, 5, 0.7),
    ],
)
def test_other_shapes_cover_the_same_pixels(shape: Shape):
    differ = shape_pixels(polygon_of(shape), 40, 40) ^ shape_pixels(shape, 40, 40)
    assert differ.sum() <= 4


def test_a_single_pixel_has_a_polygon():
    mask = PixelMask(7, 8, np.ones((1, 1), bool))
    assert shape_pixels(polygon_of(mask), 20, 20).sum() == 1
