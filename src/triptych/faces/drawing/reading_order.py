"""Faces numbered as a page is read: row by row, each from left to right."""

from collections.abc import Sequence

import numpy as np

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels, y down."""

OVERLAP = 0.5  # of the lower one's height, that two boxes of one row share at least


def reading_order(boxes: Sequence[Box]) -> list[int]:
    """The number of each box, from 1 on: rows from above, and each row from left to right.

    A box belongs to a row where it shares half its height, or half the row's, with the row: between
    the medians of the upper and of the lower edges of its boxes.

    Parameters:
        boxes: left, top, right, bottom of each, in pixels, y down.

    >>> reading_order([(300, 12, 400, 112), (0, 0, 100, 100), (10, 200, 90, 280)])
    [2, 1, 3]
    """
    rows: list[list[int]] = []
    for place in sorted(range(len(boxes)), key=lambda i: boxes[i][1] + boxes[i][3]):
        if rows and _shares_row(boxes[place], [boxes[other] for other in rows[-1]]):
            rows[-1].append(place)
        else:
            rows.append([place])
    read = [place for row in rows for place in sorted(row, key=lambda i: boxes[i][0])]
    numbers = dict(zip(read, range(1, len(read) + 1)))
    return [numbers[place] for place in range(len(boxes))]


def _shares_row(box: Box, row: list[Box]) -> bool:
    top, bottom = np.median([other[1] for other in row]), np.median([other[3] for other in row])
    shared = min(box[3], bottom) - max(box[1], top)
    return bool(shared >= OVERLAP * min(box[3] - box[1], bottom - top))
