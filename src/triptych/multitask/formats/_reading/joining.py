"""One shape of several that were drawn for one object."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Float

from ...structures.annotated_image import AnnotatedObject
from ...structures.annotations import BoundingBox, Circle
from ...structures.import_problems import ImportProblems
from ...structures.rasterize import shape_pixels
from ...structures.shapes import Ellipse, PixelMask, Polygon, Shape, shape_box
from .drawn import ShapeError, check_mask_size


def joined(shapes: Sequence[Shape]) -> Shape:
    """One shape of several that were drawn for one object.

    Parameters:
        shapes: one or more.

    Polygons become one of several parts; beside polygons and masks, boxes and circles say nothing
    more; of boxes it is the box around them. Raises ShapeError for several circles or ellipses.
    """
    outlines = [shape for shape in shapes if isinstance(shape, (Polygon, PixelMask))]
    polygons = [shape for shape in outlines if isinstance(shape, Polygon)]
    rounds = [shape for shape in shapes if isinstance(shape, (Circle, Ellipse))]
    if len(shapes) == 1:
        return shapes[0]
    if outlines and len(polygons) == len(outlines):
        return Polygon(tuple(part for shape in polygons for part in shape.parts))
    if outlines:
        return _union(outlines)
    if len(rounds) > 1:
        raise ShapeError("circles of one object", "several circles or ellipses are no one shape")
    if rounds:
        return rounds[0]
    boxes = [found for shape in shapes if (found := shape_box(shape))]
    return BoundingBox(
        min(one.left for one in boxes),
        min(one.top for one in boxes),
        max(one.right for one in boxes),
        max(one.bottom for one in boxes),
    )


def join_parts(
    parts: Mapping[str | None, Sequence[AnnotatedObject]],
    keypoints: Float[np.ndarray, "points 3"] | None,
    place: str,
    problems: ImportProblems,
) -> list[AnnotatedObject]:
    """One object of all parts that have a label; the parts themselves where they make no one shape,
    which is told.

    Parameters:
        parts: of one group, by their label.
        keypoints: of the group; None where it has none.
        place: the file and the group, for problems.
        problems: told of what is wrong.
    """
    objects: list[AnnotatedObject] = []
    for some in parts.values():
        try:
            shape = joined([part.shape for part in some if part.shape])
            objects.append(replace(some[0], shape=shape, keypoints=keypoints))
        except ShapeError as error:
            problems.add(error.kind, place, str(error), "mended")
            objects += some
    return objects


def _union(outlines: Sequence[Shape]) -> PixelMask:
    boxes = [found for shape in outlines if (found := shape_box(shape))]
    if not boxes:
        raise ShapeError("shape of no area", "its masks hold no pixel")
    left, top = (math.floor(min(getattr(one, side) for one in boxes)) for side in ("left", "top"))
    right, bottom = (
        math.ceil(max(getattr(one, side) for one in boxes)) for side in ("right", "bottom")
    )
    width, height = right - left, bottom - top
    check_mask_size(height, width)
    pixels = np.zeros((height, width), bool)
    for shape in outlines:
        pixels |= shape_pixels(moved(shape, -left, -top), height, width)
    return PixelMask(left, top, pixels)


def moved(shape: Shape, right: int, down: int) -> Shape:
    """An outline moved by whole pixels.

    Parameters:
        shape: a polygon or a mask.
        right: by how much.
        down: by how much.
    """
    if isinstance(shape, Polygon):
        return Polygon(tuple(part + np.array([right, down]) for part in shape.parts))
    assert isinstance(shape, PixelMask)
    return PixelMask(shape.left + right, shape.top + down, shape.pixels)
