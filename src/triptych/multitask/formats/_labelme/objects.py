"""The objects of a LabelMe file: a shape each, or several that a group_id joins."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ...structures.annotated_image import AnnotatedObject
from ...structures.import_problems import ImportProblems
from .._reading.drawn import ShapeError, points, shown, telling
from .._reading.joining import join_parts
from .._reading.keypoint_names import HIDDEN, VISIBLE, KeypointNames
from .drawn_shapes import shape_of
from .extra import add_object_extra, flags_of, object_label

ALONE = "point"  # the name of the keypoint of an object that is a point and no more
Point = tuple[float, float, float]


class ObjectReader:
    """Makes objects of the list "shapes" of one file after the other."""

    def __init__(self, problems: ImportProblems, keypoints: KeypointNames):
        """
        Parameters:
            problems: told of shapes that are none.
            keypoints: numbers the names of the points of a group.
        """
        self.problems, self.keypoints = problems, keypoints

    def read(self, entries: list[Any], file: str) -> tuple[AnnotatedObject, ...]:
        """The objects of one file.

        Parameters:
            entries: its list "shapes".
            file: its name, for the places of problems.
        """
        done: list[AnnotatedObject | _Group] = []
        groups: dict[int | str, _Group] = {}
        for number, entry in enumerate(entries, 1):
            place = f"{file}, shape {number}"
            with telling(self.problems, place):
                if not isinstance(entry, dict):
                    raise ShapeError("no shape", f"expected a shape, got {shown(entry)}")
                group_id = self._group_id(entry, place)
                if group_id is None:
                    done.append(self._alone(entry, place))
                    continue
                if group_id not in groups:
                    groups[group_id] = _Group(f"{file}, group_id {group_id}")
                    done.append(groups[group_id])
                self._add(entry, place, groups[group_id])
        objects: list[AnnotatedObject] = []
        for one in done:
            objects += self._joined(one) if isinstance(one, _Group) else [one]
        return tuple(objects)

    def _alone(self, entry: Mapping[str, Any], place: str) -> AnnotatedObject:
        if entry.get("shape_type") != "point":
            return self._object(entry, place, shape_of(entry))
        point, attributes = _point(entry)
        keypoints = self.keypoints.array({ALONE: point})
        drawn = AnnotatedObject(self._label(entry, place), None, keypoints, attributes)
        return add_object_extra(drawn, entry)

    def _add(self, entry: Mapping[str, Any], place: str, group: "_Group") -> None:
        if entry.get("shape_type") != "point":
            drawn = self._object(entry, place, shape_of(entry))
            group.parts.setdefault(drawn.label, []).append(drawn)
            return
        point, attributes = _point(entry)
        name = self._label(entry, place) or ALONE
        if name in group.points:
            raise ShapeError("points of a name", f"its group has a point {name} already")
        if not group.points:
            label = object_label(entry)
            group.alone = add_object_extra(AnnotatedObject(label, None, None, attributes), entry)
        group.points[name] = point

    def _object(self, entry: Mapping[str, Any], place: str, shape: Any) -> AnnotatedObject:
        drawn = AnnotatedObject(self._label(entry, place), shape, None, flags_of(entry))
        return add_object_extra(drawn, entry)

    def _label(self, entry: Mapping[str, Any], place: str) -> str | None:
        label = entry.get("label")
        if isinstance(label, str) and label.strip():
            return label.strip()
        detail = f"expected the name of a class, got {shown(label)}"
        self.problems.add("label without name", place, detail, "mended")
        return None

    def _group_id(self, entry: Mapping[str, Any], place: str) -> int | str | None:
        group_id = entry.get("group_id")
        if group_id is None or isinstance(group_id, (int, str)):
            return group_id
        detail = f"expected a number as group_id, got {shown(group_id)}"
        self.problems.add("group_id", place, detail, "mended")
        return None

    def _joined(self, group: "_Group") -> list[AnnotatedObject]:
        keypoints = self.keypoints.array(group.points) if group.points else None
        if not group.parts:
            return [replace(group.alone, keypoints=keypoints)] if group.points else []
        if keypoints is not None and len(group.parts) > 1:
            names = " and ".join(str(label) for label in group.parts)
            detail = f"its points could belong to {names}"
            self.problems.add("points of several objects", group.place, detail, "object left out")
            keypoints = None
        return join_parts(group.parts, keypoints, group.place, self.problems)


@dataclass
class _Group:
    """What has one group_id.

    Parameters:
        place: the file and the group, for problems.
        parts: the shapes by their label.
        points: the points by theirs.
        alone: the object that the points are, where there is no shape.
    """

    place: str
    parts: dict[str | None, list[AnnotatedObject]] = field(default_factory=dict)
    points: dict[str, Point] = field(default_factory=dict)
    alone: AnnotatedObject = field(default_factory=AnnotatedObject)


def _point(entry: Mapping[str, Any]) -> tuple[Point, dict[str, str]]:
    """A point with its visibility, and its flags."""
    ((x, y),) = points(entry.get("points"), 1, "point", 1).tolist()
    attributes = flags_of(entry)
    hidden = attributes.pop("hidden", "false") == "true"
    return (x, y, HIDDEN if hidden else VISIBLE), attributes
