"""Rows of a YOLO file: a class and fractions of the picture's width and height."""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float
from numpy import ndarray

from ....frame.errors import DataError
from ...structures.annotated_image import AnnotatedObject
from ...structures.annotations import BoundingBox
from ...structures.import_problems import ImportProblems
from ...structures.shapes import OrientedBox, Polygon
from .._coco.objects import covers_pixel
from .._reading.boxes import box_in_image
from .._reading.documents import finite
from .settings import YoloSettings

BEYOND = 2.0  # fractions above are pixels, or of another file
SQUARE = 0.5  # pixels that the corners of a turned box may be off


@dataclass(frozen=True)
class RowReader:
    """Makes objects of rows.

    Parameters:
        settings: of the set.
        problems: told of what is wrong.
    """

    settings: YoloSettings
    problems: ImportProblems

    def read(self, text: str, size: tuple[int, int], place: str) -> tuple[AnnotatedObject, ...]:
        """The objects of a file.

        Parameters:
            text: its content.
            size: width and height of the picture.
            place: the file.

        Raises DataError for rows that may hold keypoints, where data.yaml does not say how many.
        """
        rows = ((number, line.split()) for number, line in enumerate(text.splitlines(), 1))
        objects = (self._object(row, size, f"{place}, line {n}") for n, row in rows if row)
        return tuple(thing for thing in objects if thing is not None)

    def _object(self, row: list[str], size: tuple[int, int], place: str) -> AnnotatedObject | None:
        numbers = [number for number in map(finite, row) if number is not None]
        if len(numbers) < len(row):
            self._tell("damaged row", place, "it must hold finite numbers")
            return None
        kind, values = numbers[0], np.array(numbers[1:])
        label = self.settings.classes.get(int(kind)) if kind == int(kind) else None
        if not self.settings.classes and kind == int(kind) and kind >= 0:
            label = str(int(kind))
        if label is None:
            self._tell("unknown class", place, f"there is no class of the number {kind:g}")
            return None
        return self._by_length(label, values, size, place)

    def _by_length(
        self, label: str, values: Float[ndarray, " values"], size: tuple[int, int], place: str
    ) -> AnnotatedObject | None:
        """The counts of numbers with the class are 5 box, 6 box and score, 5 + k·d box and
        keypoints, 9 turned box, 7 and more polygon."""
        count, posed = len(values) + 1, self.settings.keypoints
        if posed and count == 5 + posed[0] * posed[1]:
            points = self._keypoints(values[4:], posed, size, place)
            box = self._box(values, size, place)
            return AnnotatedObject(label, box, points) if box else None
        if count in (5, 6):
            box = self._box(values, size, place)
            score = float(values[4]) if count == 6 and 0 <= values[4] <= 1 else None
            return AnnotatedObject(label, box, score=score) if box else None
        if posed:
            expected = 5 + posed[0] * posed[1]
            self._tell("damaged row", place, f"expected 5 or {expected} numbers, got {count}")
            return None
        if count > 6 and (count - 5) % 3 == 0 and np.isin(values[6::3], (0, 1, 2)).all():
            points = (count - 5) // 3
            raise DataError(
                f"{place}: {count} numbers may be a box with {points} keypoints. Add kpt_shape: "
                f"[{points}, 3] to data.yaml."
            )
        if count < 7 or count % 2 == 0:
            self._tell("damaged row", place, f"{count} numbers are neither box nor polygon")
            return None
        if np.abs(values).max() > BEYOND:
            self._tell_fractions(values, place)
            return None
        corners = values.reshape(-1, 2) * size
        if count == 9 and self.settings.oriented:
            return AnnotatedObject(label, turned_box(corners))
        polygon = Polygon((corners,))
        if covers_pixel(polygon, size):
            return AnnotatedObject(label, polygon)
        (left, top), (right, bottom) = corners.min(0).tolist(), corners.max(0).tolist()
        detail = "the polygon covers no pixel center; the box around it is used"
        kind = "segmentation covers no pixel center"
        self.problems.add(kind, place, detail, "mended")
        box = box_in_image((left, top, right, bottom), size, self.problems, place)
        return AnnotatedObject(label, box) if box else None

    def _box(
        self, values: Float[ndarray, " values"], size: tuple[int, int], place: str
    ) -> BoundingBox | None:
        if np.abs(values[:4]).max() > BEYOND:
            self._tell_fractions(values[:4], place)
            return None
        x, y, width, height = (values[:4] * [*size, *size]).tolist()
        sides = x - width / 2, y - height / 2, x + width / 2, y + height / 2
        return box_in_image(sides, size, self.problems, place)

    def _keypoints(
        self,
        values: Float[ndarray, " values"],
        posed: tuple[int, int],
        size: tuple[int, int],
        place: str,
    ) -> Float[ndarray, "points 3"] | None:
        """Without a visibility, 0, 0 is a keypoint that was not labelled."""
        stated = values.reshape(posed)
        seen = stated[:, 2] if posed[1] == 3 else np.where((stated != 0).any(1), 2.0, 0.0)
        if not np.isin(seen, (0, 1, 2)).all() or np.abs(stated[:, :2]).max() > BEYOND:
            detail = "keypoints must be fractions with a visibility of 0, 1 or 2; they are not used"
            self.problems.add("damaged keypoints", place, detail, "mended")
            return None
        points = np.column_stack([stated[:, :2] * size, seen])
        return points.astype(np.float32) if seen.any() else None

    def _tell_fractions(self, values: Float[ndarray, " values"], place: str) -> None:
        detail = f"expected fractions of the picture, got {values[np.abs(values).argmax()]:g}"
        self._tell("pixels instead of fractions", place, detail)

    def _tell(self, kind: str, place: str, detail: str) -> None:
        self.problems.add(kind, place, detail, "object left out")


def turned_box(corners: Float[ndarray, "4 2"]) -> OrientedBox:
    """The turned box of four corners in a row; where they are none, the smallest around them.

    Parameters:
        corners: in pixels, in either direction.
    """
    along, across = corners[1] - corners[0], corners[3] - corners[0]
    off = np.abs(corners[0] + along + across - corners[2]).max()
    width, height = np.hypot(*along), np.hypot(*across)
    skew = abs(along @ across) / max(width, height, 1e-9)
    (x, y), angle = corners.mean(0), float(np.arctan2(along[1], along[0]))
    if off > SQUARE or skew > SQUARE or not width:
        (x, y), (width, height), degrees = cv2.minAreaRect(corners.astype(np.float32))
        angle = float(np.deg2rad(degrees))
    return OrientedBox(float(x), float(y), float(width), float(height), angle)
