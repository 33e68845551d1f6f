"""Write LabelMe's JSON files beside copies of the pictures."""

import base64
import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from ...structures.annotated_image import AnnotatedImage, AnnotatedObject
from ...structures.annotations import BoundingBox, Circle
from ...structures.shapes import Ellipse, OrientedBox, PixelMask, Polygon, Shape
from .._format import Vocabulary
from .._reading.keypoint_names import HIDDEN
from .._writing.picture_folder import FileNames, atomic_folder, copy_picture, picture_size
from .extra import KEY, flags, image_extra, object_extra
from .objects import ALONE

VERSION = "5.5.0"  # of LabelMe, which asks for one; its format is the same since 5.0
CORNERS = 72  # of the polygon that stands for an ellipse
UNNAMED = "object"


def write_labelme(
    images: Iterable[AnnotatedImage], vocabulary: Vocabulary, out: Path
) -> Sequence[str]:
    """Write a folder of pictures with a JSON file beside each, and labels.txt.

    Parameters:
        images: with absolute files.
        vocabulary: their names.
        out: the folder, which is new or empty.

    Returns a line for each kind of thing that LabelMe cannot hold. Raises WriteError.
    """
    names, lost = FileNames(with_ending=False), Counter[str]()
    with atomic_folder(out) as folder:
        for image in images:
            picture = folder / names.name(image)
            copy_picture(image, picture)
            document = _document(image, picture.name, vocabulary, lost)
            content = json.dumps(document, ensure_ascii=False, indent=2)
            picture.with_suffix(".json").write_text(content, "utf-8", errors="backslashreplace")
        if vocabulary.classes:
            (folder / "labels.txt").write_text("\n".join(vocabulary.classes) + "\n", "utf-8")
    return [f"{kind}: {count}" for kind, count in lost.items()]


def _document(
    image: AnnotatedImage, name: str, vocabulary: Vocabulary, lost: Counter[str]
) -> dict[str, Any]:
    width, height = picture_size(image)
    shapes = []
    for number, thing in enumerate(image.objects or (), 1):
        shapes += _entries(thing, number, vocabulary, lost)
    if image.mask is not None:
        lost["class maps, which LabelMe has not"] += 1
    extra = image_extra(image)
    if vocabulary.keypoints:
        extra = {KEY: {**extra.get(KEY, {}), "keypoints": list(vocabulary.keypoints)}}
    return {
        "version": VERSION,
        "flags": flags(image.attributes),
        "shapes": shapes,
        "imagePath": name,
        "imageData": None,
        "imageHeight": height,
        "imageWidth": width,
        **extra,
    }


def _entries(
    thing: AnnotatedObject, number: int, vocabulary: Vocabulary, lost: Counter[str]
) -> list[dict[str, Any]]:
    """The entries of one object: a group where they are several."""
    common = {
        "label": UNNAMED if thing.label is None else thing.label,
        "group_id": None,
        "description": "",
        "flags": flags(thing.attributes),
    }
    extra = object_extra(thing)
    if isinstance(thing.shape, Ellipse):
        lost[f"ellipses, written as polygons of {CORNERS} corners"] += 1
    forms = [] if thing.shape is None else list(_forms(thing.shape))
    entries = [{**common, **form, **extra} for form in forms]
    points = list(_points(thing, vocabulary))
    if not entries and [name for name, _, _ in points] == [ALONE]:
        entries = [{**common, **points[0][1], **extra}]
        points = []
    for name, form, marks in points:
        entry = {**common, **form, "label": name, "flags": marks}
        if not entries:  # the first of them says what the object is
            extra = {KEY: {**extra.get(KEY, {}), "object": thing.label}}
            entry = {**entry, "flags": {**common["flags"], **marks}, **extra}
        entries.append(entry)
    if not entries:
        lost["objects without a shape, left out"] += 1
    if len(entries) > 1 or points:
        entries = [{**entry, "group_id": number} for entry in entries]
    return entries


def _points(
    thing: AnnotatedObject, vocabulary: Vocabulary
) -> Iterator[tuple[str, dict[str, Any], dict[str, bool]]]:
    """Name, keys and flags of each keypoint that is there."""
    rows = [] if thing.keypoints is None else thing.keypoints.tolist()
    for index, (x, y, visibility) in enumerate(rows):
        if visibility:
            known = index < len(vocabulary.keypoints)
            name = vocabulary.keypoints[index] if known else f"keypoint {index + 1}"
            yield name, _form("point", [[x, y]]), {"hidden": True} if visibility == HIDDEN else {}


def _form(kind: str, points: list[list[float]]) -> dict[str, Any]:
    return {"shape_type": kind, "points": points, "mask": None}


def _forms(shape: Shape) -> Iterator[dict[str, Any]]:
    """The keys of each entry that holds a part of a shape."""
    match shape:
        case BoundingBox(left, top, right, bottom):
            yield _form("rectangle", [[left, top], [right, bottom]])
        case OrientedBox():
            yield _form("oriented_rectangle", shape.corners().tolist())
        case Circle(x, y, radius):
            yield _form("circle", [[x, y], [x + radius, y]])
        case Ellipse():
            yield _form("polygon", ellipse_corners(shape).tolist())
        case Polygon(parts):
            yield from (_form("polygon", part.tolist()) for part in parts)
        case PixelMask(left, top, pixels) if pixels.any():
            height, width = pixels.shape
            content = BytesIO()
            Image.fromarray(pixels.astype(np.uint8)).save(content, "PNG")
            corners = [[left, top], [left + width - 1, top + height - 1]]
            yield {**_form("mask", corners), "mask": base64.b64encode(content.getvalue()).decode()}


def ellipse_corners(ellipse: Ellipse) -> np.ndarray:
    """Points on the rim of an ellipse, (corners, 2).

    Parameters:
        ellipse: in pixels.
    """
    turn = np.linspace(0, 2 * math.pi, CORNERS, endpoint=False)
    along, across = ellipse.radius_x * np.cos(turn), ellipse.radius_y * np.sin(turn)
    cos, sin = math.cos(ellipse.angle), math.sin(ellipse.angle)
    x, y = along * cos - across * sin, along * sin + across * cos
    return np.stack([x + ellipse.x, y + ellipse.y], 1)
