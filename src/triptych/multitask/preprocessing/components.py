"""Which of an image's ink is writing: connected strokes, put together into characters."""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Bool

from .leveling import InkMap

THRESHOLD = 0.4  # of the ink's darkness
FAINTER = 0.22  # in a second look, when what was darkest turned out to be no writing
MIN_SIDE = 0.012  # of the image's longer side: less is dust
SMALLEST = 0.3  # of the largest character's longer side: less is a dot, or a part
PART = 0.6  # of a character's height: higher than that is a character of its own
NEAR = 0.3  # of a character's height: a part is so near to it
LONG = 7.0  # times as wide as high: a ruled line
BAND = 0.05  # of the image's side, along its edge
AT_EDGE = 0.6  # of the pixels of what touches an edge lie in its band: no writing
SOLID = 0.6  # of its box is filled: no stroke


@dataclass(frozen=True, eq=False)
class Character:
    """One character of the writing in an image.

    Parameters:
        left: of its bounding box, in pixels of the ink map, as is `top`; `right` and `bottom` are
            exclusive.
        labels: of the connected components it is made of.
    """

    left: int
    top: int
    right: int
    bottom: int
    labels: tuple[int, ...]

    @property
    def height(self) -> int:
        """Rows it covers."""
        return self.bottom - self.top

    @property
    def width(self) -> int:
        """Columns it covers."""
        return self.right - self.left

    def joined(self, other: "Character") -> "Character":
        """Both as one character."""
        return Character(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
            self.labels + other.labels,
        )


@dataclass(frozen=True, eq=False)
class Writing:
    """The characters of an image in reading order.

    Parameters:
        characters: rows from top to bottom, each from left to right.
        labels: the number of the connected component at each pixel.
    """

    characters: tuple[Character, ...]
    labels: np.ndarray

    def mask(self, character: Character) -> Bool[np.ndarray, "rows columns"]:
        """Where a character's own strokes are, within its bounding box."""
        inside = self.labels[character.top : character.bottom, character.left : character.right]
        return np.isin(inside, character.labels)


def find_writing(ink: InkMap) -> Writing:
    """The characters in an ink map, without dust, ruled lines and what reaches over the edge."""
    writing = _components(ink, THRESHOLD)
    if not writing.characters:
        writing = _components(ink, FAINTER)
    return writing


def _components(ink: InkMap, threshold: float) -> Writing:
    binary = (ink > threshold).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(binary, connectivity=8)
    parts = [
        Character(x, y, x + w, y + h, (number,))
        for number, (x, y, w, h, _) in enumerate(stats.tolist())
        if number and max(w, h) >= max(3, MIN_SIDE * max(ink.shape)) and not w > LONG * h
    ]
    inside = [part for part in parts if not _lies_at_edge(part, labels)]
    characters = _joined(inside or (parts if len(parts) == 1 else []))
    if characters:
        largest = max(max(one.height, one.width) for one in characters)
        characters = [one for one in characters if max(one.height, one.width) >= SMALLEST * largest]
    return Writing(tuple(_reading_order(characters)), labels)


def _lies_at_edge(part: Character, labels: np.ndarray) -> bool:
    """Whether it is a desk's edge or a shadow that reaches in, not writing that reaches out."""
    height, width = labels.shape
    touched = part.left <= 0, part.top <= 0, part.right >= width, part.bottom >= height
    if not any(touched):
        return False
    strokes = labels[part.top : part.bottom, part.left : part.right] == part.labels[0]
    if sum(touched) >= 3 or (sum(touched) == 2 and strokes.mean() > SOLID):
        return True
    rows, columns = max(2, round(BAND * height)), max(2, round(BAND * width))
    bands = (
        strokes[:, : max(0, columns - part.left)],
        strokes[: max(0, rows - part.top)],
        strokes[:, max(0, width - columns - part.left) :],
        strokes[max(0, height - rows - part.top) :],
    )
    within = max(band.sum() for band, touches in zip(bands, touched) if touches)
    return bool(within > AT_EDGE * strokes.sum())


def _joined(parts: list[Character]) -> list[Character]:
    """Parts put together: the bar of a 5 with its body, strokes that lie within one another."""
    parts = sorted(parts, key=lambda part: part.height * part.width, reverse=True)
    whole: list[Character] = []
    for part in parts:
        near = [(_distance(part, one), n) for n, one in enumerate(whole) if _belongs(part, one)]
        if near:
            n = min(near)[1]
            whole[n] = whole[n].joined(part)
        else:
            whole.append(part)
    return whole


def _belongs(part: Character, whole: Character) -> bool:
    overlap = min(part.right, whole.right) - max(part.left, whole.left)
    beside = min(part.bottom, whole.bottom) - max(part.top, whole.top)
    if overlap > 0 and beside > 0 and overlap * beside > 0.5 * part.width * part.height:
        return True  # its box lies in the other's
    small = part.height < PART * whole.height
    aligned = overlap > 0.3 * min(part.width, whole.width) or overlap > -0.1 * whole.height
    return small and aligned and _distance(part, whole) < NEAR * whole.height


def _distance(one: Character, other: Character) -> float:
    """Pixels between two boxes, 0 where they touch."""
    across = max(one.left - other.right, other.left - one.right, 0)
    down = max(one.top - other.bottom, other.top - one.bottom, 0)
    return float(np.hypot(across, down))


def _reading_order(characters: list[Character]) -> list[Character]:
    """Row by row, where characters of a row overlap in height."""
    rows: list[list[Character]] = []
    for one in sorted(characters, key=lambda one: one.top + one.bottom):
        middle = (one.top + one.bottom) / 2
        for row in rows:
            if any(other.top < middle < other.bottom for other in row[-3:]):
                row.append(one)
                break
        else:
            rows.append([one])
    return [one for row in rows for one in sorted(row, key=lambda one: one.left)]
