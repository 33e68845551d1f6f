"""One annotation of a COCO file as an object."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from ...structures.annotated_image import AnnotatedObject
from ...structures.annotations import BoundingBox
from ...structures.import_problems import ImportProblems, Outcome
from ...structures.rasterize import shape_pixels
from ...structures.shapes import PixelMask, Polygon, shape_box
from .._reading.boxes import box_in_image
from .._reading.documents import finite, finite_all
from .categories import Category
from .grouping import is_id, shown
from .runs import read_runs

TRUE = (1, "1", "true", "True")  # True equals 1


@dataclass(frozen=True)
class AnnotationReader:
    """Makes objects of annotations.

    Parameters:
        categories: by id; where there is none, classes are called by their numbers.
        keypoints: the names of the keypoints of the set.
        problems: told of what is wrong.
    """

    categories: Mapping[int | str, Category]
    keypoints: tuple[str, ...]
    problems: ImportProblems

    def read(
        self, entry: dict[str, Any], size: tuple[int, int], place: str
    ) -> AnnotatedObject | None:
        """The object of an annotation; None where nothing of it can be used.

        Parameters:
            entry: as it stood in the file.
            size: width and height of the image.
            place: the file and the annotation, for problems.
        """
        key = entry.get("category_id")
        category = self.categories.get(key) if is_id(key) else None  # pyright: ignore[reportArgumentType]
        if category is None and (self.categories or not is_id(key)) and key is not None:
            detail = f"there is no category of the id {shown(key)}"
            self._tell("unknown category", place, detail, "object left out")
            return None
        shape = self._outline(entry, size, place) or self._box(entry, size, place)
        keypoints = self._keypoints(entry, category, place)
        if shape is None and keypoints is None:
            if entry.get("bbox") is None and entry.get("segmentation") is None:
                detail = "it has neither bbox nor segmentation"
                self._tell("annotation without place", place, detail, "object left out")
            return None
        label = category.name if category else None if key is None else str(key)
        score = finite(entry.get("score"))
        return AnnotatedObject(
            label=label,
            shape=shape,
            keypoints=keypoints,
            attributes=_attributes(entry.get("attributes")),
            crowd=entry.get("iscrowd") in TRUE,
            difficult=entry.get("difficult") in TRUE,
            truncated=entry.get("truncated") in TRUE,
            score=score if score is not None and 0 <= score <= 1 else None,
        )

    def _outline(
        self, entry: dict[str, Any], size: tuple[int, int], place: str
    ) -> Polygon | PixelMask | BoundingBox | None:
        """Of the segmentation; where it holds no pixel and there is no bbox, its bounds."""
        segmentation, boxed = entry.get("segmentation"), entry.get("bbox") is not None
        if segmentation is None:
            return None
        otherwise: Outcome = "mended" if boxed else "object left out"
        rest = "; its bbox is used" if boxed else ""
        if segmentation == [] and boxed:
            self._tell("segmentation without polygon", place, f"it is empty{rest}", "noticed")
            return None
        outline: Polygon | PixelMask | None = None
        if isinstance(segmentation, dict):
            try:
                outline = self._runs(segmentation, size)
            except ValueError as error:
                self._tell("damaged run lengths", place, f"{error}{rest}", otherwise)
                return None
        elif isinstance(segmentation, list):
            outline = self._polygon(segmentation, place)
        if outline is None:
            detail = f"its segmentation has no polygon of three corners{rest}"
            self._tell("segmentation without polygon", place, detail, otherwise)
            return None
        if covers_pixel(outline, size):
            return outline
        bounds = None if boxed else shape_box(outline)
        rest = "; the box around it is used" if bounds else rest
        detail = f"its segmentation covers no pixel center{rest}"
        outcome = "mended" if bounds else otherwise
        self._tell("segmentation covers no pixel center", place, detail, outcome)
        if bounds is None:
            return None
        sides = bounds.left, bounds.top, bounds.right, bounds.bottom
        return box_in_image(sides, size, self.problems, place)

    def _polygon(self, segmentation: list[Any], place: str) -> Polygon | None:
        flat = bool(segmentation) and not any(isinstance(part, list) for part in segmentation)
        parts = list[Float[ndarray, "corners 2"]]()
        for part in [segmentation] if flat else segmentation:
            numbers = finite_all(part)
            if numbers is None:
                reason = "a number that is none, or too large"
            elif len(numbers) < 6:
                reason = f"{len(numbers)} numbers; three corners are six"
            elif len(numbers) % 2:
                reason = f"{len(numbers)} numbers, which are no pairs"
            else:
                parts.append(np.array(numbers).reshape(-1, 2))
                continue
            if segmentation != [[]]:
                detail = f"a polygon has {reason}; this polygon is left out"
                self._tell("damaged polygon", place, detail, "mended")
        return Polygon(tuple(parts)) if parts else None

    def _runs(self, segmentation: dict[str, Any], size: tuple[int, int]) -> PixelMask:
        stated = segmentation.get("size")
        if isinstance(stated, list) and stated != [size[1], size[0]]:
            raise ValueError(
                f"its run lengths are of {shown(stated)} (height, width), the image is of "
                f"{[size[1], size[0]]}"
            )
        return read_runs(segmentation)

    def _box(self, entry: dict[str, Any], size: tuple[int, int], place: str) -> BoundingBox | None:
        bbox = entry.get("bbox")
        if bbox is None:
            return None
        numbers = finite_all(bbox, 4)
        if numbers is None:
            detail = f"bbox must be four finite numbers, got {shown(bbox)}"
            self._tell("damaged box", place, detail, "object left out")
            return None
        left, top, width, height = numbers
        sides = left, top, left + width, top + height
        return box_in_image(sides, size, self.problems, place)

    def _keypoints(
        self, entry: dict[str, Any], category: Category | None, place: str
    ) -> Float[ndarray, "points 3"] | None:
        """None where all are marked as not labelled."""
        stated = entry.get("keypoints")
        if not stated or category is None:
            return None
        if category.keypoints != self.keypoints:
            detail = f"the keypoints of {category.name} are others than those of the set"
            self._tell("keypoints of several kinds", place, detail, "mended")
            return None
        numbers = finite_all(stated, 3 * len(self.keypoints))
        points = None if numbers is None else np.array(numbers, np.float32).reshape(-1, 3)
        if points is None or not np.isin(points[:, 2], (0, 1, 2)).all():
            detail = (
                f"keypoints must be {len(self.keypoints)} times x, y and a visibility of 0, 1 "
                "or 2; they are not used"
            )
            self._tell("damaged keypoints", place, detail, "mended")
            return None
        return points if points[:, 2].any() else None

    def _tell(self, kind: str, place: str, detail: str, outcome: Outcome) -> None:
        self.problems.add(kind, place, detail, outcome)


def covers_pixel(outline: Polygon | PixelMask, size: tuple[int, int]) -> bool:
    """Whether an outline holds the center of a pixel of the image.

    Parameters:
        outline: of a thing.
        size: width and height of the image.
    """
    box = shape_box(outline)
    if isinstance(outline, PixelMask) or box is None:
        return box is not None
    inside = min(box.left, box.top) >= 0 and box.right <= size[0] and box.bottom <= size[1]
    if inside and len(outline.parts) == 1:
        # of a closed line without crossings a circle of the radius area / length has room in it
        closed = np.concatenate([outline.parts[0], outline.parts[0][:1]])
        length = np.sqrt((np.diff(closed, axis=0) ** 2).sum(1)).sum()
        crossed = closed[:-1, 0] * closed[1:, 1] - closed[1:, 0] * closed[:-1, 1]
        if abs(crossed.sum()) / 2 > length:
            return True
    left, top = max(math.floor(box.left), 0), max(math.floor(box.top), 0)
    right, bottom = min(math.ceil(box.right), size[0]), min(math.ceil(box.bottom), size[1])
    if right <= left or bottom <= top:
        return False
    moved = Polygon(tuple(part - [left, top] for part in outline.parts))
    return bool(shape_pixels(moved, bottom - top, right - left).any())


def _attributes(stated: Any) -> dict[str, str]:
    """Those of one value; yes and no are "true" and "false"."""
    if not isinstance(stated, dict):
        return {}
    plain = {name: value for name, value in stated.items() if isinstance(value, (str, int, float))}
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in plain.items()
    }
