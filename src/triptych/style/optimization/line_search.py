"""How far to go in a direction: a line search for the strong Wolfe conditions.

Nocedal & Wright, "Numerical optimization" (2006), algorithms 3.5 and 3.6, with their constants.
Where costs are not finite, a step was too long, and nothing else is concluded from them. Costs
are rough where layers compute in bfloat16, and slopes less so: within that roughness, slopes
decide alone (the approximate conditions of Hager & Zhang 2005).
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, isfinite, sqrt

from ..networks._extractor import Image
from ..objectives.objective import LossAndGradient

DECREASE, CURVATURE = 1e-4, 0.9
TRIES = 8
LOSS_NOISE = 2e-4  # of the total
EXPANSION = 3.0  # times, where the ground still falls
EDGE = 0.1  # of a bracket: so far from its ends the next try stays

LossFn = Callable[[Image], LossAndGradient]
Trial = tuple[Image, LossAndGradient]


@dataclass(frozen=True)
class Point:
    """A length along the direction, the total there, and its slope along the direction."""

    length: float
    loss: float
    slope: float


def strong_wolfe(
    judge: LossFn, picture: Image, judgement: LossAndGradient, direction: Image
) -> Trial | None:
    """Where to land along the direction, which must go down; a length of 1 is tried first.

    Takes the lowest point that is low enough where no other condition can be met in a few tries.
    None where there is no lower point."""
    start = Point(0.0, judgement.total, float((judgement.gradient * direction).sum()))
    low, high, length = start, None, 1.0
    found: Trial | None = None
    for _ in range(TRIES):
        landing = picture + length * direction
        judged = judge(landing)
        here = Point(length, judged.total, float((judged.gradient * direction).sum()))
        decreased = here.loss <= start.loss + DECREASE * length * start.slope
        level = abs(here.loss - start.loss) <= LOSS_NOISE * abs(start.loss)
        enough = decreased or (level and here.slope <= -CURVATURE * start.slope)
        if not (isfinite(here.loss) and isfinite(here.slope)):
            high = Point(length, inf, inf)
        elif not enough or (here.loss >= low.loss and not level):
            high = here
        else:
            found = landing, judged
            if abs(here.slope) <= -CURVATURE * start.slope:
                break
            if here.slope >= 0 if high is None else here.slope * (high.length - low.length) >= 0:
                high = low
            low = here
        length = length * EXPANSION if high is None else cubic_minimum(low, high)
    return found


def cubic_minimum(low: Point, high: Point) -> float:
    """Where a cubic through both points, with their slopes, is lowest; else in the middle.

    >>> between(Point(0, 1, -2), Point(2, 1, 2))  # the parabola (x − 1)²
    1.0
    """
    middle = (low.length + high.length) / 2
    if not isfinite(high.loss):
        return low.length + EDGE * (high.length - low.length)
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
    return low.length + min(max(share, EDGE), 1 - EDGE) * across
