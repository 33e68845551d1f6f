"""The objects of a Pascal VOC XML file."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element

import numpy as np

from ...structures.annotated_image import AnnotatedObject
from ...structures.annotations import BoundingBox
from ...structures.import_problems import ImportProblems
from ...structures.shapes import Polygon
from .._reading.boxes import box_in_image
from .._reading.documents import finite

SIDES = ("xmin", "ymin", "xmax", "ymax")
MINIMUM = re.compile(rb"<([xy])min>\s*(\d+(?:\.\d*)?)\s*</[xy]min>")
ZERO_SHARE = 0.01  # of boxes: above it pixels are counted from 0
ZEROS_NEEDED = 2  # one may be a slip
CORNER = re.compile(r"([xy])(\d+)")


def counted_from(files: Iterable[Path]) -> tuple[int, int, int]:
    """Whether the pixels of a set are counted from 1, as VOC's own are, or from 0.

    Parameters:
        files: all XML files of the set.

    Returns 1 or 0; how many boxes begin at 0; and how many boxes there are. The tool that wrote
    them counts from 0 where these are more than one in a hundred.
    """
    zeros = boxes = 0
    for file in files:
        try:
            content = file.read_bytes()
        except OSError:
            continue
        minima = MINIMUM.findall(content)
        by_side = [
            [float(value) for axis, value in minima if axis == side] for side in (b"x", b"y")
        ]
        boxes += len(by_side[0])
        zeros += sum(1 for pair in zip(*by_side) if 0 in pair)
    from_zero = zeros >= ZEROS_NEEDED and zeros > ZERO_SHARE * boxes
    return (0 if from_zero else 1), zeros, boxes


@dataclass(frozen=True)
class ObjectReader:
    """Makes objects of `<object>` elements.

    Parameters:
        first: the number of the first pixel, 1 or 0.
        problems: told of what is wrong.
    """

    first: int
    problems: ImportProblems

    def read(
        self, root: Element, size: tuple[int, int], place: str
    ) -> list[AnnotatedObject | None]:
        """The objects of a file in their order; None for those that cannot be used.

        Parameters:
            root: of the file.
            size: width and height of the image.
            place: the file.
        """
        elements = root.findall("object")
        return [
            self._object(element, size, f"{place}, object {number}")
            for number, element in enumerate(elements, 1)
        ]

    def _object(
        self, element: Element, size: tuple[int, int], place: str
    ) -> AnnotatedObject | None:
        label = text_of(element, "name")
        if not label:
            self.problems.add("object without name", place, "it has no <name>", "object left out")
            return None
        box = self._box(element, size, f"{place} ({label})")
        if box is None:
            return None
        attributes = {name: text_of(element, name) for name in ("pose", "occluded")}
        return AnnotatedObject(
            label=label,
            shape=self._polygon(element, box) or box,
            attributes={
                name: value
                for name, value in attributes.items()
                if value and value not in ("Unspecified", "0")
            },
            difficult=text_of(element, "difficult") in ("1", "true", "True"),
            truncated=text_of(element, "truncated") in ("1", "true", "True"),
        )

    def _box(self, element: Element, size: tuple[int, int], place: str) -> BoundingBox | None:
        stated = [text_of(element, f"bndbox/{side}") for side in SIDES]
        numbers = [finite(text) for text in stated]
        left, top, right, bottom = numbers
        if left is None or top is None or right is None or bottom is None:
            detail = f"<bndbox> must hold four finite numbers, got {', '.join(stated)[:60]}"
            self.problems.add("damaged box", place, detail, "object left out")
            return None
        sides = left - self.first, top - self.first, right, bottom
        return box_in_image(sides, size, self.problems, place)

    def _polygon(self, element: Element, box: BoundingBox) -> Polygon | None:
        """Some tools write corners x1, y1, x2 … too, moved as the minima are, or not: as it fits
        the right and lower sides of the box, which nobody moves."""
        parent = element.find("polygon")
        corners: dict[tuple[str, int], float] = {}
        for child in () if parent is None else parent:
            match, number = CORNER.fullmatch(child.tag), finite(child.text)
            if match and number is not None:
                corners[match[1], int(match[2])] = number
        numbers = sorted({number for _, number in corners})
        complete = all((axis, number) in corners for axis in "xy" for number in numbers)
        if len(numbers) < 3 or not complete:
            return None
        points = np.array([[corners["x", n], corners["y", n]] for n in numbers])
        farthest = [box.right, box.bottom]
        off = [np.abs(points.max(0) - move - farthest).sum() for move in (0, 1)]
        return Polygon((points - float(off[1] < off[0]),))


def text_of(element: Element, path: str) -> str:
    """The text of an element below another, on one line; "" where there is none.

    Parameters:
        element: above it.
        path: of names, with slashes.
    """
    return " ".join((element.findtext(path) or "").split())
