"""Draw annotated images: every kind of shape, in the color of its class."""

from collections.abc import Sequence
from dataclasses import replace
from math import cos, hypot, pi, sin
from typing import NamedTuple

import numpy as np
from jaxtyping import UInt8

from ....frame.drawing.annotate import ImageCanvas, Pen
from ....frame.drawing.colors import NEUTRAL, PALETTE, WRONG, Color
from ....frame.storage.images import resize
from ....frame.storage.letterbox import nearest_pixels
from ...annotated.pictures import read_picture
from ...structures.annotated_image import AnnotatedImage, AnnotatedObject
from ...structures.annotations import BoundingBox, Circle
from ...structures.mask_file import mask_values
from ...structures.rasterize import resample_mask, shape_pixels
from ...structures.shapes import (
    Ellipse,
    OrientedBox,
    PixelMask,
    Polygon,
    Shape,
    shape_box,
)

SIDE = 512  # pixels of the longer side of a drawn picture
CORNERS = 72  # of a drawn ellipse
NAMED = 8  # objects in a picture, up to which each is named in it
HIDDEN, VISIBLE = 1, 2  # of keypoints


class Scale(NamedTuple):
    """What coordinates of a picture are multiplied by for its drawing.

    Parameters:
        x: from left to right.
        y: down.
    """

    x: float
    y: float


def load_small(image: AnnotatedImage, side: int = SIDE) -> tuple[UInt8[np.ndarray, "h w 3"], Scale]:
    """A picture as its annotation sees it, at most so large, and how it was scaled.

    Parameters:
        image: whose file is read.
        side: pixels of the longer side, at most.

    Raises ImageError.
    """
    picture = read_picture(image, side, any_size=True)
    width, height = picture.width, picture.height
    scale = min(1.0, side / max(width, height))
    new_height, new_width = max(1, round(height * scale)), max(1, round(width * scale))
    return resize(picture.pixels, new_height, new_width), Scale(
        new_width / width, new_height / height
    )


def draw_truth(
    image: AnnotatedImage,
    classes: Sequence[str],
    *,
    side: int = SIDE,
    named: bool = True,
    skeleton: Sequence[tuple[int, int]] = (),
) -> UInt8[np.ndarray, "h w 3"]:
    """A picture with all that is annotated on it, in dashed lines.

    Parameters:
        image: what is drawn.
        classes: all of its set, whose numbers say the colors.
        side: pixels of the longer side, at most.
        named: whether things are named where they are, if they are few.
        skeleton: pairs of numbers of keypoints that are joined by a line.

    Raises ImageError.
    """
    pixels, scale = load_small(image, side)
    canvas = ImageCanvas(pixels)
    if image.mask is not None:
        _draw_class_map(canvas, image, pixels.shape[:2], classes)
    things = image.objects or ()
    for thing in things:
        color = class_color(thing.label, classes)
        place = _place(thing, scale) if named and len(things) <= NAMED else None
        canvas.pen = Pen(color=color, ground_truth=True, silent=place is None, place=place)
        if thing.shape is not None:
            draw_shape(canvas, thing.shape, scale, pixels.shape[:2])
        if thing.keypoints is not None:
            _draw_keypoints(canvas, thing, scale, skeleton)
        if words := _words(thing):
            canvas.text(words)
    return canvas.pixels


def class_color(label: str | None, classes: Sequence[str]) -> Color:
    """The color of a class; grey for none.

    Parameters:
        label: its name.
        classes: all of the set.
    """
    if label is None or label not in classes:
        return NEUTRAL
    return PALETTE[[*classes].index(label) % len(PALETTE)]


def draw_shape(canvas: ImageCanvas, shape: Shape, scale: Scale, size: tuple[int, int]) -> None:
    """Draw a shape in the color of the canvas's pen.

    Parameters:
        canvas: of the scaled picture.
        shape: in pixels of the picture itself.
        scale: what its coordinates are multiplied by.
        size: height and width of the scaled picture.
    """
    factor = np.array(scale)
    match shape:
        case BoundingBox(left, top, right, bottom):
            canvas.box(left * scale.x, top * scale.y, right * scale.x, bottom * scale.y)
        case Circle(x, y, radius):
            canvas.circle(x * scale.x, y * scale.y, radius * (scale.x + scale.y) / 2)
        case Ellipse(x, y, a, b, angle):
            turns = [2 * pi * step / CORNERS for step in range(CORNERS + 1)]
            local = np.array([[a * cos(turn), b * sin(turn)] for turn in turns])
            turn = np.array([[cos(angle), -sin(angle)], [sin(angle), cos(angle)]])
            canvas.line((local @ turn.T + [x, y]) * factor)
        case OrientedBox():
            corners = shape.corners() * factor
            canvas.line(np.concatenate([corners, corners[:1]]))
        case Polygon(parts):
            scaled = Polygon(tuple(part * factor for part in parts))
            canvas.mask(shape_pixels(scaled, *size))
        case PixelMask():
            whole = round(size[0] / scale.y), round(size[1] / scale.x)
            canvas.mask(resample_mask(shape, whole, size))


def _draw_class_map(
    canvas: ImageCanvas, image: AnnotatedImage, size: tuple[int, int], classes: Sequence[str]
) -> None:
    """Tint the pixels of each class that a file of its own says."""
    assert image.mask is not None
    values = mask_values(image.mask.file)
    rows, columns = map(nearest_pixels, size, values.shape)
    values = values[np.ix_(rows, columns)]
    for value in np.unique(values).tolist():
        name = image.mask.classes.get(int(value), "")
        if name and value not in image.mask.ignored:
            canvas.pen = Pen(color=class_color(name, classes), ground_truth=True)
            canvas.mask(values == value)


def _draw_keypoints(
    canvas: ImageCanvas,
    thing: AnnotatedObject,
    scale: Scale,
    skeleton: Sequence[tuple[int, int]],
) -> None:
    """Points as small circles, hidden ones in grey, and the lines between them."""
    assert thing.keypoints is not None
    radius = max(2.5, max(canvas.pixels.shape[:2]) / canvas.zoom / 120)
    points, known = thing.keypoints[:, :2] * np.array(scale), thing.keypoints[:, 2] >= HIDDEN
    pen, canvas.pen = canvas.pen, replace(canvas.pen, ground_truth=False)
    for pair in skeleton:
        if max(pair) < len(points) and known[[*pair]].all():
            canvas.line(points[[*pair]])
    for (x, y), visibility in zip(points.tolist(), thing.keypoints[:, 2].tolist()):
        if visibility >= HIDDEN:
            canvas.circle(x, y, radius, color=None if visibility >= VISIBLE else NEUTRAL)
    canvas.pen = pen


def _place(thing: AnnotatedObject, scale: Scale) -> tuple[float, float] | None:
    box = shape_box(thing.shape) if thing.shape is not None else None
    return None if box is None else (box.left * scale.x, box.top * scale.y)


def _words(thing: AnnotatedObject) -> str:
    marks = ("crowd", "difficult", "truncated")
    return " · ".join([thing.label or "", *(name for name in marks if getattr(thing, name))]).strip(
        " ·"
    )


def draw_example_box(
    image: AnnotatedImage, box: tuple[float, float, float, float], side: int = SIDE
) -> UInt8[np.ndarray, "h w 3"]:
    """A picture with a box that reaches beyond it: around it as much ground as the box needs.

    Parameters:
        image: whose file is read.
        box: left, top, right, bottom in pixels of the picture.
        side: pixels of the longer side of the picture, at most.

    Raises ImageError.
    """
    pixels, scale = load_small(image, side)
    height, width = pixels.shape[:2]
    left, top, right, bottom = (value * by for value, by in zip(box, (*scale, *scale)))
    most = max(height, width)  # a box that is far away is cut there
    margins = [int(np.clip(each, 0, most)) + 12 for each in (-left, -top, right - width, 0)]
    margins[3] = int(np.clip(bottom - height, 0, most)) + 12
    before_x, before_y, after_x, after_y = margins
    padded = np.full((height + before_y + after_y, width + before_x + after_x, 3), 225, np.uint8)
    padded[before_y : before_y + height, before_x : before_x + width] = pixels
    canvas = ImageCanvas(padded)
    canvas.pen = Pen(color=WRONG)
    low, high = np.array([1, 1]), np.array(padded.shape[1::-1]) - 1
    corners = np.array([[left, top], [right, bottom]]) + np.array([before_x, before_y])
    (left, top), (right, bottom) = np.clip(corners, low, high).tolist()
    if hypot(right - left, bottom - top) > 0:
        canvas.line(
            np.array([[left, top], [right, top], [right, bottom], [left, bottom], [left, top]])
        )
    return canvas.pixels
