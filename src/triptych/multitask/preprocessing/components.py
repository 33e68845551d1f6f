"""Which of an image's ink is writing: connected strokes, put together into characters."""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Bool

from .leveling import InkMap

THRESHOLD = 0.4  # of the ink's darkness
FAINTER = 0.2  # within strokes that are faint on the whole, and where nothing is darker
FAINT = 0.65  # mean darkness of what is above the threshold in a faint stroke, at most
MIN_SIDE = 0.012  # of the image's longer side: less is dust
SMALLEST = 0.3  # of the usual character's longer side: less is a dot, or a part
PART = 0.6  # of a character's height: higher than that is a character of its own
NEAR = 0.3  # of a character's height: a part above or below is so near to it
STACKED = 0.15  # of a character's height: the halves of a broken one are so near to each other
LONG = 7.0  # times as wide as high: a ruled line
TOUCHING = 0.008  # of the image's longer side: so near to an edge it touches it
BAND = 0.05  # of the image's side, along its edge
AT_EDGE = 0.6  # of the pixels of what touches an edge lie in its band: no writing
SOLID = 0.6  # of its box is filled, and it lies in a corner: no stroke
FILLED = 0.75  # of its box is filled, wherever it lies: no stroke, unless it is a straight one
STRAIGHT = 2.5  # times as long as broad


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
    labels, boxes = _label_strokes(ink, threshold)
    parts = [
        Character(x, y, x + w, y + h, (number,))
        for number, (x, y, w, h) in boxes.items()
        if max(w, h) >= max(3, MIN_SIDE * max(ink.shape)) and not w > LONG * h
    ]
    parts = [part for part in parts if not _is_solid(part, labels)]
    inside = [part for part in parts if not _lies_at_edge(part, labels)]
    characters = _joined(inside or (parts if len(parts) == 1 else []))
    if characters:
        sides = np.array([max(one.height, one.width) for one in characters])
        smallest = SMALLEST * _usual(sides)
        characters = [one for one, side in zip(characters, sides) if side >= smallest]
    return Writing(tuple(_reading_order(characters)), labels)


def _label_strokes(
    ink: InkMap, threshold: float
) -> tuple[np.ndarray, dict[int, tuple[int, int, int, int]]]:
    """The connected strokes darker than a threshold, as a number at each pixel, and the box (x, y,
    width, height) of each; a stroke that is faint on the whole, with all its fainter ink."""
    count, dark, stats, _ = cv2.connectedComponentsWithStats(
        (ink > threshold).astype(np.uint8), connectivity=8
    )
    boxes = {n: tuple(stats[n, :4].tolist()) for n in range(1, count)}
    if threshold <= FAINTER:
        return dark, boxes
    wide_count, wide, wide_stats, _ = cv2.connectedComponentsWithStats(
        (ink > FAINTER).astype(np.uint8), connectivity=8
    )
    seeds = dark > 0
    area = np.bincount(wide[seeds], minlength=wide_count)
    darkness = np.bincount(wide[seeds], weights=ink[seeds], minlength=wide_count)
    faint = (area > 0) & (darkness < FAINT * area)
    replaced = np.isin(wide, np.flatnonzero(faint))
    for n in np.unique(dark[seeds & replaced]).tolist():
        del boxes[n]
    for n in np.flatnonzero(faint).tolist():
        boxes[count + n] = tuple(wide_stats[n, :4].tolist())
    return np.where(replaced, np.add(wide, count), dark), boxes


def _usual(sides: np.ndarray) -> float:
    """The side that half of all length belongs to longer ones than: dust hardly counts."""
    longest_first = np.sort(sides)[::-1]
    within = np.cumsum(longest_first) < longest_first.sum() / 2
    return float(longest_first[within.sum()])


def _is_solid(part: Character, labels: np.ndarray) -> bool:
    """Whether it is a sheet, a stain or a thing, not drawn with a pen."""
    if max(part.height, part.width) > STRAIGHT * min(part.height, part.width):
        return False
    return bool(_strokes_within(part, labels).mean() > FILLED)


def _strokes_within(part: Character, labels: np.ndarray) -> np.ndarray:
    return labels[part.top : part.bottom, part.left : part.right] == part.labels[0]


def _lies_at_edge(part: Character, labels: np.ndarray) -> bool:
    """Whether it is a desk's edge or a shadow that reaches in, not writing that reaches out."""
    height, width = labels.shape
    near = round(TOUCHING * max(height, width))
    touched = (
        part.left <= near,
        part.top <= near,
        part.right >= width - near,
        part.bottom >= height - near,
    )
    if not any(touched):
        return False
    strokes = _strokes_within(part, labels)
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
    if overlap < 0.5 * min(part.width, whole.width):
        return False
    small = part.height < PART * whole.height
    return _distance(part, whole) < (NEAR if small else STACKED) * whole.height


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
