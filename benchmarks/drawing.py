"""How long shapes take to draw on a photo of 12 megapixels, beside the naive ways to do it."""

from collections.abc import Callable, Iterator
from statistics import median
from time import perf_counter
from typing import Any

import cv2
import numpy as np

from triptych.frame.drawing.annotate import ImageCanvas

HEIGHT, WIDTH = 3000, 4000
BOX = (500.0, 600.0, 1500.0, 1900.0)
CIRCLE = (2000.0, 1500.0, 400.0)


class WholeCanvas(ImageCanvas):
    """Computes the distance from an outline at every pixel, not only near the line."""

    def _windows(self, outer: Any, hole: Any) -> Iterator[tuple[slice, slice]]:
        yield slice(0, HEIGHT), slice(0, WIDTH)


def drawing(rounds: int) -> list[dict[str, Any]]:
    """A row for a box and a circle: ours, distances everywhere, and OpenCV's without a fringe."""
    photo = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    left, top, right, bottom = map(int, BOX)
    x, y, radius = map(int, CIRCLE)
    shapes: dict[str, tuple[Callable[[ImageCanvas], None], Callable[[np.ndarray], Any]]] = {
        "box": (
            lambda canvas: canvas.box(*BOX),
            lambda image: cv2.rectangle(image, (left, top), (right, bottom), (238, 78, 16), 18),
        ),
        "circle": (
            lambda canvas: canvas.circle(*CIRCLE),
            lambda image: cv2.circle(image, (x, y), radius, (238, 78, 16), 18, cv2.LINE_AA),
        ),
    }
    rows = []
    for name, (draw, draw_cv2) in shapes.items():
        ours, whole, opencv = (
            median(_seconds(call, make()) for _ in range(rounds))
            for call, make in (
                (draw, lambda: ImageCanvas(photo)),
                (draw, lambda: WholeCanvas(photo)),
                (draw_cv2, photo.copy),
            )
        )
        rows.append(
            {
                "shape": name,
                "ms": round(1e3 * ours, 2),
                "every pixel ms": round(1e3 * whole, 2),
                "opencv ms": round(1e3 * opencv, 2),
                "ratio to every pixel": round(ours / whole, 3),
            }
        )
    return rows


def _seconds(call: Callable[[Any], Any], canvas: Any) -> float:
    begun = perf_counter()
    call(canvas)
    return perf_counter() - begun
