"""A line search for the strong Wolfe conditions: how far to go in a direction.

Nocedal & Wright, "Numerical optimization" (2006), algorithms 3.5 and 3.6, with their constants.
Where losses are not finite, a step was too long, and nothing else is concluded from them. Losses
are noisy where layers compute in bfloat16, and slopes less so: within that noise, slopes decide
alone (the approximate conditions of Hager & Zhang 2005).
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, isfinite, sqrt

from ..networks._extractor import Image
from ..objectives.objective import LossAndGradient

DECREASE, CURVATURE = 1e-4, 0.9
MAX_TRIES = 8
LOSS_NOISE = 2e-4  # of the total
EXPANSION = 3.0  # times, where the ground still falls
BRACKET_MARGIN = 0.1  # of a bracket: so far from its ends the next try stays

LossFn = Callable[[Image], LossAndGradient]
Trial = tuple[Image, LossAndGradient]


@dataclass(frozen=True)
class Point:
    """A point on the line that is searched.

    Parameters:
        length: along the direction.
        loss: the total there.
        slope: its derivative along the direction.
    """

    length: float
    loss: float
    slope: float


def strong_wolfe(
    loss_fn: LossFn, image: Image, current: LossAndGradient, direction: Image
) -> Trial | None:
    """The image to go to along a direction, and its loss; a length of 1 is tried first.

    Takes the lowest point of sufficient decrease where no point of low slope is found in a few
    tries. None where no point is lower.

    Parameters:
        loss_fn: gives loss and gradient of an image.
        image: where the search begins, (1, 3, height, width).
        current: its loss and gradient.
        direction: of descent, of the image's shape.
    """
    start = Point(0.0, current.total, float((current.gradient * direction).sum()))
    low, high, length = start, None, 1.0
    best: Trial | None = None
    for _ in range(MAX_TRIES):
        candidate = image + length * direction
        loss = loss_fn(candidate)
        here = Point(length, loss.total, float((loss.gradient * direction).sum()))
        decreased = here.loss <= start.loss + DECREASE * length * start.slope
        level = abs(here.loss - start.loss) <= LOSS_NOISE * abs(start.loss)
        enough = decreased or (level and here.slope <= -CURVATURE * start.slope)
        if not (isfinite(here.loss) and isfinite(here.slope)):
            high = Point(length, inf, inf)
        elif not enough or (here.loss >= low.loss and not level):
            high = here
        else:
            best = candidate, loss
            if abs(here.slope) <= -CURVATURE * start.slope:
                break
            if here.slope >= 0 if high is None else here.slope * (high.length - low.length) >= 0:
                high = low
            low = here
        length = length * EXPANSION if high is None else cubic_minimum(low, high)
    return best


def cubic_minimum(low: Point, high: Point) -> float:
    """The length at which a cubic through two points, with their slopes, is lowest; else their
    middle.

    It stays within the bracket by `BRACKET_MARGIN` of its length.

    Parameters:
        low: the end with the lower loss.
        high: the other end; its loss may be infinite.

    >>> cubic_minimum(Point(0, 1, -2), Point(2, 1, 2))  # the parabola (x − 1)²
    1.0
    """
    middle = (low.length + high.length) / 2
    if not isfinite(high.loss):
        return low.length + BRACKET_MARGIN * (high.length - low.length)
    across = high.length - low.length
    chord = low.slope + high.slope - 3 * (high.loss - low.loss) / across
    square = chord * chord - low.slope * high.slope
    if square < 0:
        return middle
    root = sqrt(square) if across > 0 else -sqrt(square)
    bottom = high.slope - low.slope + 2 * root
    if bottom == 0:
        return middle
    share = 1 - (high.slope + root - chord) / bottom
    return low.length + min(max(share, BRACKET_MARGIN), 1 - BRACKET_MARGIN) * across
