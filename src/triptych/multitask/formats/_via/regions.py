"""The regions of VIA: shapes and the attributes that annotators made up."""

from collections.abc import Mapping
from typing import Any

from ...structures.annotated_image import AnnotatedObject
from ...structures.import_problems import ImportProblems
from ...structures.shapes import Shape
from .._reading.class_names import class_attribute
from .._reading.drawn import ShapeError, box, ellipse, numbers, polygon, shown
from .._reading.keypoint_names import VISIBLE, KeypointNames

ALONE = "point"  # the name of the keypoint of an object that is a point and no more
EVERY_FILE = ("caption", "public_domain", "image_url")  # what VIA itself asks of each file
Options = Mapping[str, tuple[str, ...]]


def object_of(
    shape: Any, attributes: Any, options: Options, keypoints: KeypointNames
) -> AnnotatedObject:
    """The object of a region.

    Parameters:
        shape: its "shape_attributes".
        attributes: its "region_attributes".
        options: the options of each attribute that has some, where they are known.
        keypoints: numbers the names of points.

    Raises ShapeError.
    """
    if not isinstance(shape, dict):
        raise ShapeError("no shape", f"expected shape_attributes, got {shown(shape)}")
    label, others = label_and_attributes(attributes, options)
    if shape.get("name") == "point":
        x, y = _values(shape, "cx", "cy")
        return AnnotatedObject(label, None, keypoints.array({ALONE: (x, y, VISIBLE)}), others)
    return AnnotatedObject(label, shape_of(shape), None, others)


def shape_of(shape: Mapping[str, Any]) -> Shape:
    """The shape of a region that is no point.

    Parameters:
        shape: its "shape_attributes".

    Raises ShapeError.
    """
    kind = shape.get("name")
    if kind == "rect":
        left, top, width, height = _values(shape, "x", "y", "width", "height")
        return box(left, top, left + width, top + height)
    if kind == "circle":
        x, y, radius = _values(shape, "cx", "cy", "r")
        return ellipse(x, y, radius, radius)
    if kind == "ellipse":
        x, y, radius_x, radius_y = _values(shape, "cx", "cy", "rx", "ry")
        (angle,) = numbers([shape.get("theta", 0)], "theta", 1)
        return ellipse(x, y, radius_x, radius_y, angle)
    if kind == "polygon":
        x = numbers(shape.get("all_points_x"), "all_points_x")
        y = numbers(shape.get("all_points_y"), "all_points_y", len(x))
        return polygon(list(zip(x, y)))
    if kind == "polyline":
        raise ShapeError("shape without area", "a polyline encloses nothing that could be learned")
    raise ShapeError("unknown shape", f"VIA has no shape {shown(kind)}")


def label_and_attributes(values: Any, options: Options) -> tuple[str | None, dict[str, str]]:
    """The class and the other attributes of a region or a file; empty ones are passed over.

    Parameters:
        values: its attributes: texts and numbers, or {option: true} of checkboxes.
        options: of each attribute that has some, where they are known.

    Of checkboxes each option becomes an attribute of its own, "true" or "false".
    """
    given = values if isinstance(values, dict) else {}
    given = {key: value for key, value in given.items() if key and key not in EVERY_FILE}
    name = class_attribute(given)
    label, attributes = None, {}
    for key, value in given.items():
        ticked = _ticked(value)
        if key == name and len(ticked) == 1:
            label = ticked[0]
        elif isinstance(value, dict):
            known = dict.fromkeys([*options.get(key, ()), *ticked])
            attributes |= {f"{key}/{one}": str(one in ticked).lower() for one in known}
        elif ticked:
            attributes[key] = ticked[0]
    return label, attributes


def options_of(attributes: Any, problems: ImportProblems, place: str) -> dict[str, tuple[str, ...]]:
    """The options of attributes as a project lists them.

    Parameters:
        attributes: "region" or "file" of "_via_attributes".
        problems: told of what is no such list.
        place: the file, for problems.
    """
    if not isinstance(attributes, dict):
        problems.add("attributes", place, "its _via_attributes are damaged", "mended")
        return {}
    listed = {
        name: one["options"]
        for name, one in attributes.items()
        if isinstance(one, dict) and isinstance(one.get("options"), dict)
    }
    return {name: tuple(one for one in options if one) for name, options in listed.items()}


def _ticked(value: Any) -> list[str]:
    """The options that are ticked, or the one value."""
    if isinstance(value, dict):
        return [name for name, is_ticked in value.items() if name and is_ticked is True]
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return []
    return [text] if (text := str(value).strip()) else []


def _values(shape: Mapping[str, Any], *names: str) -> list[float]:
    return numbers([shape.get(name) for name in names], ", ".join(names), len(names))
