"""How far objects reach is told of all at once as of each alone."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from triptych.multitask.check.object_table import KINDS, read_objects
from triptych.multitask.formats._format import Vocabulary
from triptych.multitask.structures.annotated_image import AnnotatedImage, AnnotatedObject
from triptych.multitask.structures.annotations import BoundingBox, Circle
from triptych.multitask.structures.shapes import (
    Ellipse,
    OrientedBox,
    PixelMask,
    Polygon,
    shape_box,
)


def test_bounds_are_those_of_each_shape(annotate, paint: Callable[..., Path]):
    triangle = np.array([[4.0, 5], [30, 7], [9, 22]])
    shapes = [
        BoundingBox(1, 2, 3, 4),
        OrientedBox(20, 21, 10, 4, 0.7),
        Circle(9, 8, 7),
        Ellipse(30, 20, 10, 4, -0.6),
        Polygon((triangle, triangle + 40)),
        PixelMask(6, 7, np.ones((3, 5), bool)),
        Polygon((triangle * 2,)),
    ]
    things = [AnnotatedObject(f"c{at % 2}", shape) for at, shape in enumerate(shapes)]
    images = [
        AnnotatedImage(paint("a.png", 1), objects=(*things[:3], AnnotatedObject())),
        AnnotatedImage(paint("b.png", 2)),
        AnnotatedImage(paint("c.png", 3), objects=()),
        AnnotatedImage(paint("d.png", 4), objects=tuple(things[3:])),
    ]
    table = read_objects(annotate(images, Vocabulary(("c1", "c0"))))
    assert table.images.tolist() == [0] * 4 + [3] * 4
    assert table.labels.tolist() == [1, 0, 1, -1, 0, 1, 0, 1]
    names = [KINDS[number] for number in table.kinds]
    assert names[:4] == ["box", "oriented box", "circle", ""] and names[-1] == "polygon"
    expected = [list(vars(shape_box(shape)).values()) for shape in shapes]
    assert np.isnan(table.bounds[3]).all()
    assert np.allclose(np.delete(table.bounds, 3, 0), expected)


def test_a_set_without_objects_has_an_empty_table(annotate, paint: Callable[..., Path]):
    assert len(read_objects(annotate([AnnotatedImage(paint("a.png", 1), label="a")]))) == 0
