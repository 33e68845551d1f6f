"""The objects of an `<image>` of CVAT's XML, and what its tags say of it as a whole."""

from dataclasses import dataclass, field, replace
from typing import Any
from xml.etree.ElementTree import Element

from ...structures.annotated_image import AnnotatedObject
from ...structures.import_problems import ImportProblems
from .._reading.documents import finite
from .._reading.drawn import ShapeError, telling
from .._reading.joining import join_parts
from .._reading.keypoint_names import HIDDEN, VISIBLE, KeypointNames
from .drawn_shapes import point_list, shape_of

MARKS = ("crowd", "difficult", "truncated")
ALONE = "point"  # the name of the keypoint of an object that is a point and no more
Keypoints = dict[str, tuple[float, float, float]]


class ObjectReader:
    """Makes objects of the elements below one `<image>` after the other."""

    def __init__(self, problems: ImportProblems, keypoints: KeypointNames):
        """
        Parameters:
            problems: told of shapes that are none.
            keypoints: numbers the names of the points of skeletons.
        """
        self.problems, self.keypoints = problems, keypoints

    def read(self, image: Element, place: str) -> tuple[AnnotatedObject, ...]:
        """The objects of one image, those of a higher z_order behind the others.

        Parameters:
            image: the element.
            place: the file and the image, for problems.
        """
        order: list[_Group] = []
        groups: dict[str, _Group] = {}
        elements = [element for element in image if element.tag != "tag"]
        for number, element in enumerate(elements, 1):
            here = f"{place}, {element.tag[:40]} {number}"
            with telling(self.problems, here):
                group_id = element.get("group_id") or "0"
                group = groups.get(group_id) if group_id != "0" else None
                if group is None:
                    group = _Group(f"{place}, group_id {group_id}")
                    groups[group_id] = group
                    order.append(group)
                self._add(element, here, group)
        depths = sorted(order, key=lambda group: group.depth)
        return tuple(thing for group in depths for thing in self._joined(group))

    def label(self, element: Element, place: str) -> str | None:
        """The name of its class; None, told, where it has none.

        Parameters:
            element: a shape or a tag.
            place: of the element, for problems.
        """
        name = element.get("label", "").strip()
        if name:
            return name
        self.problems.add("label without name", place, "its label has no name", "mended")
        return None

    def _add(self, element: Element, place: str, group: "_Group") -> None:
        if element.tag in ("skeleton", "points"):
            keypoints = _skeleton(element) if element.tag == "skeleton" else _points(element)
            thing = with_attributes(AnnotatedObject(self.label(element, place)), element)
            group.skeletons.append((thing, keypoints))
        else:
            shape = shape_of(element)
            thing = AnnotatedObject(self.label(element, place), shape)
            thing = with_attributes(thing, element)
            group.parts.setdefault(thing.label, []).append(thing)
        group.depth = max(group.depth, finite(element.get("z_order", "0")) or 0)

    def _joined(self, group: "_Group") -> list[AnnotatedObject]:
        skeletons, keypoints = list(group.skeletons), None
        if len(group.parts) == 1 and len(skeletons) == 1:
            keypoints = self.keypoints.array(skeletons.pop()[1])
        objects = join_parts(group.parts, keypoints, group.place, self.problems)
        for thing, points in skeletons:
            objects.append(replace(thing, keypoints=self.keypoints.array(points)))
        return objects


@dataclass
class _Group:
    """What has one group_id, or none.

    Parameters:
        place: the file, the image and the group, for problems.
        parts: the shapes by their label.
        skeletons: objects that are points, with the points by name.
        depth: the highest z_order.
    """

    place: str
    parts: dict[str | None, list[AnnotatedObject]] = field(default_factory=dict)
    skeletons: list[tuple[AnnotatedObject, Keypoints]] = field(default_factory=list)
    depth: float = 0.0


def attributes_of(element: Element) -> dict[str, str]:
    """The `<attribute>` elements of a shape or a tag; those without a value are passed over.

    Parameters:
        element: the shape or the tag.
    """
    pairs = ((one.get("name"), (one.text or "").strip()) for one in element.iter("attribute"))
    return {name: value for name, value in pairs if name and value}


def with_attributes(thing: AnnotatedObject, element: Element) -> AnnotatedObject:
    """An object with its attributes; those named crowd, difficult, truncated and score are marks.

    Parameters:
        thing: without them.
        element: its shape.
    """
    attributes = attributes_of(element)
    marks: dict[str, Any] = {
        mark: attributes.pop(mark) == "true"
        for mark in MARKS
        if attributes.get(mark) in ("true", "false")
    }
    score = finite(attributes.get("score"))
    if score is not None and 0 <= score <= 1:
        del attributes["score"]
        marks["score"] = score
    if element.get("occluded") == "1":
        attributes.setdefault("occluded", "true")
    return replace(thing, attributes=attributes, **marks)


def _points(element: Element) -> Keypoints:
    rows = point_list(element).tolist()
    if len(rows) == 1:
        ((x, y),) = rows
        return {ALONE: (x, y, VISIBLE)}
    return {f"point {number}": (x, y, VISIBLE) for number, (x, y) in enumerate(rows, 1)}


def _skeleton(element: Element) -> Keypoints:
    keypoints = {}
    for point in element.iter("points"):
        if point.get("outside") != "1":
            x, y = point_list(point)[0].tolist()
            name = point.get("label") or f"point {len(keypoints) + 1}"
            keypoints[name] = (x, y, HIDDEN if point.get("occluded") == "1" else VISIBLE)
    if not keypoints:
        raise ShapeError("skeleton without points", "all points of the skeleton are outside")
    return keypoints
