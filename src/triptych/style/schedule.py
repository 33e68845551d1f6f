"""How a transfer goes from coarse to fine: steps at each scale, and how much larger the next is."""

from dataclasses import dataclass

HALF_OCTAVE = 2**0.5


@dataclass(frozen=True)
class Schedule:
    """Steps at each scale, from the coarsest on.

    Parameters:
        steps: one number a scale; further scales take as many as the last.
        growth: the sides of a scale, in times those of the one before.
    """

    steps: tuple[int, ...]
    growth: float = HALF_OCTAVE  # doubling takes longer to the same cost


# most at 512 pixels, where many paintings end; before it, broad strokes are settled
DEFAULT_SCHEDULE = Schedule((50, 30, 30, 30, 80, 30))
SLOW_NETWORK_SCHEDULE = Schedule((40, 30, 25, 20, 25))  # the same, where each takes long
