"""The results of an annotation of Label Studio: regions in percent of the image, and choices."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ...structures.annotated_image import AnnotatedObject
from ...structures.import_problems import ImportProblems
from ...structures.shapes import Shape
from .._reading.drawn import (
    ShapeError,
    ellipse,
    numbers,
    points,
    polygon,
    shown,
    telling,
    turned_box,
)
from .._reading.keypoint_names import VISIBLE, KeypointNames
from .brush import brush_mask
from .labeling import OF_IMAGE, OF_REGION

ALONE = "point"  # the name of the keypoint of an object that is a point and no more
KINDS = ("rectangle", "ellipse", "polygon", "brush", "keypoint")
NO_REGION = ("relation", "textarea", "pairwise", "datetime")


@dataclass
class Results:
    """What one annotation says.

    Parameters:
        objects: of its regions.
        choices: of the image as a whole, by the name of their control.
        attributes: numbers and ratings of the image, by the name of their control.
    """

    objects: list[AnnotatedObject] = field(default_factory=list)
    choices: dict[str, list[str]] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass
class _Region:
    """What the results of one id say together.

    `parent` is the id of the region that a keypoint belongs to.
    """

    place: str
    drawn: Mapping[str, Any] | None = None
    kind: str = ""
    parent: str = ""
    labels: list[str] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)


class ResultReader:
    """Reads the results of one annotation after the other."""

    def __init__(self, problems: ImportProblems, keypoints: KeypointNames):
        """
        Parameters:
            problems: told of regions that are none.
            keypoints: numbers the names of keypoints.
        """
        self.problems, self.keypoints = problems, keypoints

    def read(self, results: list[Any], place: str, size: tuple[int, int]) -> Results:
        """What an annotation says.

        Parameters:
            results: its list "result".
            place: the file and the task, for problems.
            size: width and height of the image in pixels.
        """
        read, regions = Results(), dict[str, _Region]()
        whole: list[tuple[str, Mapping[str, Any], Mapping[str, Any]]] = []
        for number, result in enumerate(results, 1):
            here = f"{place}, result {number}"
            with telling(self.problems, here):
                kind, value = _kind_and_value(result)
                if kind in NO_REGION:
                    continue
                if result.get("image_rotation"):
                    detail = f"the image was turned by {shown(result['image_rotation'])} degrees"
                    raise ShapeError("region of a turned image", detail)
                if kind in ("choices", "taxonomy", "number", "rating"):
                    whole.append((kind, result, value))
                    continue
                if kind != "labels" and kind.removesuffix("labels") not in KINDS:
                    detail = f"results of type {shown(kind)} are not read"
                    raise ShapeError("unknown shape", detail)
                key = str(result.get("id") or here)
                region = regions.setdefault(key, _Region(here))
                self._add(region, kind, result, value)
        for kind, result, value in whole:
            name, texts = str(result.get("from_name") or kind), _texts(kind, value)
            region = regions.get(str(result.get("id")))
            if region is not None and texts:
                region.attributes |= as_attributes(name.removeprefix(OF_REGION), texts)
            elif name.startswith(OF_IMAGE) and texts:
                read.attributes |= as_attributes(name.removeprefix(OF_IMAGE), texts)
            elif kind in ("choices", "taxonomy"):
                read.choices[name] = texts
            elif texts:
                read.attributes[name] = texts[0]
        read.objects = self._objects(regions, size)
        return read

    def _add(
        self, region: _Region, kind: str, result: Mapping[str, Any], value: Mapping[str, Any]
    ) -> None:
        labels = value.get(kind) if kind.endswith("labels") else []
        names = labels if isinstance(labels, list) else [labels]
        region.labels += [name.strip() for name in names if isinstance(name, str) and name.strip()]
        base = kind.removesuffix("labels")
        if base in KINDS:
            region.drawn, region.kind = value, base
            region.parent = str(result.get("parentID") or "")

    def _objects(self, regions: dict[str, _Region], size: tuple[int, int]) -> list[AnnotatedObject]:
        objects: dict[str, AnnotatedObject] = {}
        points_of: dict[str, dict[str, tuple[float, float, float]]] = {}
        for key, region in regions.items():
            with telling(self.problems, region.place):
                if region.drawn is None:
                    raise ShapeError("label without shape", "its id has labels, and no shape")
                label = self._label(region)
                if region.kind != "keypoint":
                    shape = _shape(region.kind, region.drawn, size)
                    objects[key] = AnnotatedObject(label, shape, None, region.attributes)
                    continue
                x, y = _pixels(region.drawn, ("x", "y"), size)
                if region.parent not in regions:
                    rows = self.keypoints.array({ALONE: (x, y, VISIBLE)})
                    objects[key] = AnnotatedObject(label, None, rows, region.attributes)
                    continue
                points = points_of.setdefault(region.parent, {})
                if (name := label or ALONE) in points:
                    raise ShapeError("points of a name", f"its region has a point {name} already")
                points[name] = (x, y, VISIBLE)
        for parent, points in points_of.items():
            if parent in objects:
                rows = self.keypoints.array(points)
                objects[parent] = replace(objects[parent], keypoints=rows)
        return list(objects.values())

    def _label(self, region: _Region) -> str | None:
        if len(region.labels) != 1:
            got = " and ".join(region.labels[:3])
            kind = "several labels" if region.labels else "label without name"
            detail = f"expected one label, got {got or 'none'}"
            self.problems.add(kind, region.place, detail, "mended")
        return region.labels[0] if region.labels else None


def as_attributes(name: str, texts: list[str]) -> dict[str, str]:
    """One choice as the value of an attribute; several as attributes of their own, "true".

    Parameters:
        name: of the control.
        texts: what was chosen.
    """
    return {name: texts[0]} if len(texts) == 1 else {f"{name}/{one}": "true" for one in texts}


def _kind_and_value(result: Any) -> tuple[str, Mapping[str, Any]]:
    value = result.get("value") if isinstance(result, dict) else None
    if isinstance(result, dict) and result.get("type") == "relation":
        return "relation", {}
    if not isinstance(value, dict) or not isinstance(result.get("type"), str):
        raise ShapeError("no shape", f"expected a result with type and value, got {shown(result)}")
    return result["type"].lower(), value


def _texts(kind: str, value: Mapping[str, Any]) -> list[str]:
    given = value.get(kind)
    given = given if isinstance(given, list) else [given]
    if kind == "taxonomy":
        given = ["/".join(map(str, path)) for path in given if isinstance(path, list)]
    known = (one for one in given if isinstance(one, (str, int, float)))
    return [text for one in known if (text := str(one).strip())]


def _shape(kind: str, value: Mapping[str, Any], size: tuple[int, int]) -> Shape:
    width, height = size
    if kind == "brush":
        if value.get("format", "rle") != "rle":
            raise ShapeError("unknown brush", f"expected rle, got {shown(value.get('format'))}")
        return brush_mask(value.get("rle"), height, width)
    if kind == "polygon":
        if value.get("closed") is False:
            raise ShapeError("shape without area", "the polygon was not closed")
        return polygon(points(value.get("points"), 3, "polygon") * np.array([width, height]) / 100)
    (degrees,) = numbers([value.get("rotation") or 0], "rotation", 1)
    angle = math.radians(math.remainder(degrees, 360))
    if kind == "ellipse":
        x, y, radius_x, radius_y = _pixels(value, ("x", "y", "radiusX", "radiusY"), size)
        return ellipse(x, y, radius_x, radius_y, angle)
    left, top, across, down = _pixels(value, ("x", "y", "width", "height"), size)
    cos, sin = math.cos(angle), math.sin(angle)  # it turns about its left upper corner
    x, y = left + (across * cos - down * sin) / 2, top + (across * sin + down * cos) / 2
    return turned_box(x, y, across, down, angle)


def _pixels(value: Mapping[str, Any], names: tuple[str, ...], size: tuple[int, int]) -> list[float]:
    """Pairs of percents, of the width and the height of the image, in pixels."""
    percents = numbers([value.get(name) for name in names], ", ".join(names), len(names))
    return [percent * size[index % 2] / 100 for index, percent in enumerate(percents)]
