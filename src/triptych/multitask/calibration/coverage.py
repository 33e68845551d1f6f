"""How often the intervals of shapes hold, as a metric."""

from jaxtyping import Float
from torch import Tensor

from ..metrics import PerImageMetric
from .conformal import IntervalGeometry
from .shape_interval import CONFIDENCE


class Coverage(PerImageMetric):
    """The share of images in which an interval holds."""

    def __init__(self, geometry: IntervalGeometry, margin: float, side: int):
        """
        Parameters:
            geometry: of the shapes.
            margin: of that side of the interval.
            side: its number in `SIDES`.
        """
        super().__init__()
        self.geometry, self.margin, self.side = geometry, margin, side

    @property
    def definition(self) -> str:  # pyright: ignore  # a class attribute elsewhere
        """What it computes, in one line."""
        what = ("outer shape holds the thing", "inner shape lies within the thing")[self.side]
        return f"share of images whose {what}; {CONFIDENCE:.0%} is what is promised"

    def per_image(
        self, output: Float[Tensor, "batch numbers"], target: Float[Tensor, "batch numbers"]
    ) -> Float[Tensor, " batch"]:
        """1 where it holds, else 0."""
        return (self.geometry.excess(output, target)[:, self.side] <= self.margin).float()
