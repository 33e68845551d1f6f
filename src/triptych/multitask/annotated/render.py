"""Targets of an annotated image in the canvas that a network sees."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray

from ...frame.errors import DataError
from ...frame.storage.letterbox import Letterbox, nearest_pixels
from ..structures.annotated_image import AnnotatedImage, AnnotatedObject, ClassMap
from ..structures.annotations import BoundingBox, Circle
from ..structures.mask_file import Values
from ..structures.rasterize import resample_mask, shape_pixels
from ..structures.shapes import (
    Ellipse,
    OrientedBox,
    PixelMask,
    Polygon,
    Shape,
    has_outline,
    shape_box,
    shape_circle,
)

IGNORED = -1  # the class number of a pixel that does not count
Canvas = Int[ndarray, "rows columns"]


def only_shape(image: AnnotatedImage, numbers: Values | None) -> Shape | None:
    """The shape of the only thing in an image: of its object, or the foreground of its mask file.

    Parameters:
        image: with one object, or a mask file of one class.
        numbers: in the pixels of its mask file, where it has one.
    """
    if image.objects:
        return image.objects[0].shape
    if image.mask is None or numbers is None:
        return None
    named = [value for value, name in image.mask.classes.items() if name]
    return PixelMask.of(np.isin(numbers, named))


def render_box(shape: Shape | None, placement: Letterbox) -> Float[ndarray, "4"] | None:
    """The box (left, top, right, bottom) around a shape, in canvas pixels; None without one.

    Parameters:
        shape: of any kind.
        placement: of the image in the canvas.
    """
    box = shape_box(shape) if shape is not None else None
    if box is None:
        return None
    left, right = np.clip([box.left, box.right], 0, placement.width)
    top, bottom = np.clip([box.top, box.bottom], 0, placement.height)
    x, y = _to_canvas(placement, np.array([[left, top], [right, bottom]], float)).T
    return np.array([x[0], y[0], x[1], y[1]]) if right > left and bottom > top else None


def render_circle(shape: Shape | None, placement: Letterbox) -> Float[ndarray, "3"] | None:
    """The smallest circle (x, y, radius) around a shape, in canvas pixels; None without one.

    Parameters:
        shape: of any kind.
        placement: of the image in the canvas.
    """
    circle = shape_circle(shape) if shape is not None else None
    if circle is None:
        return None
    x, y = _to_canvas(placement, np.array([[circle.x, circle.y]], float))[0]
    return np.array([x, y, circle.radius * placement.scale])


def render_objects(
    image: AnnotatedImage,
    placement: Letterbox,
    render: Callable[[Shape | None, Letterbox], ndarray | None],
    classes: Mapping[str, int],
) -> Float[ndarray, "objects columns"]:
    """All objects of an image, as `ObjectRows.to_tensor` has them; those outside the image and
    those of no area are left out.

    Parameters:
        image: with its objects.
        placement: of the image in the canvas.
        render: gives the numbers of a shape in canvas pixels: `render_box` or `render_circle`.
        classes: their numbers, by name; empty where objects have no classes.
    """
    rows = []
    for thing in image.objects or ():
        numbers = render(thing.shape, placement)
        if numbers is not None:
            number = 0 if thing.label is None else classes.get(thing.label, 0)
            rows.append([*numbers, number, not (thing.crowd or thing.difficult)])
    return np.array(rows, float) if rows else np.zeros((0, 0))


def round_shape(shape: Shape | None) -> Shape | None:
    """The circle of a round thing that has a box around it: about its middle, of the mean of its
    half sides. Other shapes stay.

    Parameters:
        shape: of any kind.
    """
    if not isinstance(shape, BoundingBox):
        return shape
    width, height = shape.right - shape.left, shape.bottom - shape.top
    middle = (shape.left + shape.right) / 2, (shape.top + shape.bottom) / 2
    return Circle(*middle, (width + height) / 4)


def render_classes(
    image: AnnotatedImage,
    numbers: Values | None,
    placement: Letterbox,
    size: tuple[int, int],
    classes: Mapping[str, int],
) -> Canvas:
    """The class number of each canvas pixel: 0 for the background, 1 for the first class.

    Parameters:
        image: with outlines of its objects, or a mask file. Later objects lie over earlier ones.
        numbers: in the pixels of its mask file, where it has one.
        placement: of the image in the canvas.
        size: height and width of the canvas.
        classes: their numbers from 0, by name.

    Pixels that do not count are −1: those that the mask file ignores, those in a crowd without an
    outline, and those beyond the image. A thing without a class has the number of classes + 1.
    Raises DataError for a mask file of another size than the image.
    """
    values = np.full(size, IGNORED, np.int64)
    inside = placement.crop(values)
    if image.mask is not None and numbers is not None:
        inside[:] = _sampled(image.mask, numbers, placement, classes)
        return values
    inside[:] = 0
    for thing in image.objects or ():
        _paint(values, thing, placement, classes)
    return values


def _sampled(
    mask: ClassMap, numbers: Values, placement: Letterbox, classes: Mapping[str, int]
) -> Canvas:
    """The class numbers of a mask file at the size that the image has in the canvas."""
    if numbers.shape != (placement.height, placement.width):
        raise DataError(
            f"{mask.file} has {numbers.shape[1]}×{numbers.shape[0]} pixels, its image "
            f"{placement.width}×{placement.height}. Save the mask at the size of the image."
        )
    places = {value: classes[name] + 1 if name else 0 for value, name in mask.classes.items()}
    rows, columns = map(nearest_pixels, placement.size, numbers.shape)
    sampled = numbers[rows[:, None], columns]
    result = np.full(sampled.shape, IGNORED, np.int64)
    for value in np.unique(sampled).tolist():
        if value in places and value not in mask.ignored:
            result[sampled == value] = places[value]
    return result


def _paint(
    values: Canvas, thing: AnnotatedObject, placement: Letterbox, classes: Mapping[str, int]
) -> None:
    if thing.shape is None:
        return
    number = len(classes) + 1 if thing.label is None else classes[thing.label] + 1
    number = number if has_outline(thing.shape) else IGNORED  # a crowd that is only boxed
    if isinstance(thing.shape, PixelMask):
        whole = placement.height, placement.width
        pixels = np.zeros(values.shape, bool)
        placement.crop(pixels)[:] = resample_mask(thing.shape, whole, placement.size)
    else:
        pixels = shape_pixels(_moved(thing.shape, placement), *values.shape)
    values[pixels & (values != IGNORED)] = number


def _moved(shape: Shape, placement: Letterbox) -> Shape:
    """A shape in pixels of the canvas."""
    scale = placement.scale
    match shape:
        case Polygon(parts):
            return Polygon(tuple(_to_canvas(placement, part) for part in parts))
        case BoundingBox(left, top, right, bottom):
            corners = _to_canvas(placement, np.array([[left, top], [right, bottom]], float))
            return BoundingBox(*corners.ravel().tolist())
        case Circle(x, y, radius):
            x, y = _to_canvas(placement, np.array([[x, y]], float))[0].tolist()
            return Circle(x, y, radius * scale)
        case Ellipse() | OrientedBox():
            x, y = _to_canvas(placement, np.array([[shape.x, shape.y]], float))[0].tolist()
            if isinstance(shape, Ellipse):
                radii = {"radius_x": shape.radius_x * scale, "radius_y": shape.radius_y * scale}
                return replace(shape, x=x, y=y, **radii)
            return replace(shape, x=x, y=y, width=shape.width * scale, height=shape.height * scale)
    raise TypeError(f"{type(shape).__name__} is resampled, not moved.")


def _to_canvas(
    placement: Letterbox, points: Float[ndarray, "points 2"]
) -> Float[ndarray, "points 2"]:
    height, width = placement.size
    stretch = np.array([width / placement.width, height / placement.height])
    return points * stretch + [placement.left, placement.top]
