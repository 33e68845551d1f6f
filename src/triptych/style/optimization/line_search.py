"""How far to go in a direction: a line search for the strong Wolfe conditions.

Nocedal & Wright, "Numerical optimization" (2006), algorithms 3.5 and 3.6, with their constants.
Where costs are not finite, a step was too long, and nothing else is concluded from them. Costs
are rough where layers compute in bfloat16, and slopes less so: within that roughness, slopes
decide alone (the approximate conditions of Hager & Zhang 2005).
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, isfinite, sqrt

from ..networks._extractor import Picture
from ..objectives.objective import Judgement

DECREASE, CURVATURE = 1e-4, 0.9
TRIES = 8
ROUGH = 2e-4  # of the total
LONGER = 3.0  # times, where the ground still falls
EDGE = 0.1  # of a bracket: so far from its ends the next try stays

Judge = Callable[[Picture], Judgement]
Landing = tuple[Picture, Judgement]


@dataclass(frozen=True)
class Point:
    """A length along the direction, the total there, and its slope along the direction."""

    length: float
    total: float
    slope: float


def search(
    judge: Judge, picture: Picture, judgement: Judgement, direction: Picture
) -> Landing | None:
    """Where to land along the direction, which must go down; a length of 1 is tried first.

    Takes the lowest point that is low enough where no other condition can be met in a few tries.
    None where there is no lower point."""
    start = Point(0.0, judgement.total, float((judgement.gradient * direction).sum()))
    low, high, length = start, None, 1.0
    found: Landing | None = None
    for _ in range(TRIES):
        landing = picture + length * direction
        judged = judge(landing)
        here = Point(length, judged.total, float((judged.gradient * direction).sum()))
        decreased = here.total <= start.total + DECREASE * length * start.slope
        level = abs(here.total - start.total) <= ROUGH * abs(start.total)
        enough = decreased or (level and here.slope <= -CURVATURE * start.slope)
        if not (isfinite(here.total) and isfinite(here.slope)):
            high = Point(length, inf, inf)
        elif not enough or (here.total >= low.total and not level):
            high = here
        else:
            found = landing, judged
            if abs(here.slope) <= -CURVATURE * start.slope:
                break
            if here.slope >= 0 if high is None else here.slope * (high.length - low.length) >= 0:
                high = low
            low = here
        length = length * LONGER if high is None else between(low, high)
    return found


def between(low: Point, high: Point) -> float:
    """Where a cubic through both points, with their slopes, is lowest; else in the middle.

    >>> between(Point(0, 1, -2), Point(2, 1, 2))  # the parabola (x − 1)²
    1.0
    """
    middle = (low.length + high.length) / 2
    if not isfinite(high.total):
        return low.length + EDGE * (high.length - low.length)
    across = high.length - low.length
    chord = low.slope + high.slope - 3 * (high.total - low.total) / across
    square = chord * chord - low.slope * high.slope
    if square < 0:
        return middle
    root = sqrt(square) if across > 0 else -sqrt(square)
    bottom = high.slope - low.slope + 2 * root
    if bottom == 0:
        return middle
    share = 1 - (high.slope + root - chord) / bottom
    return low.length + min(max(share, EDGE), 1 - EDGE) * across
