"""The plots of a report, with what they are called and how they are read."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from ...frame.drawing.colors import DARK, LIGHT
from ...frame.drawing.figures import to_bytes
from ...frame.drawing.html_page import Image
from ..metrics.identification import IdentificationMetrics
from .plots import det, distance_histogram, fnir_fpir, roc
from .verification_section import PairComparison

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class ReportFigure:
    """A plot of a report.

    Parameters:
        file: its name as a file of its own.
        title: above it.
        note: how to read it, in one or two sentences.
        draw: makes the figure; takes `theme` and `title`.
    """

    file: str
    title: str
    note: str
    draw: "Callable[..., Figure]"

    def image(self) -> Image:
        """For a page, in light and dark."""
        day, night = (to_bytes(self.draw(theme=theme), ".svg") for theme in (LIGHT, DARK))
        return Image(day, f"{self.title}. {self.note}", self.title, self.note, night)


def verification_figures(comparison: PairComparison) -> list[ReportFigure]:
    """ROC, DET and the histogram of distances."""
    curve, same = comparison.verification.curve, comparison.pairs.same
    return [
        ReportFigure(
            "roc.png",
            "True accepts by false accepts (ROC)",
            f"The axis begins at one of {curve.impostor:,} pairs of two people. Dots mark "
            f"{percent(0.1)}, {percent(0.01)} and {percent(0.001)}, as far as there are pairs for "
            "such rates.",
            partial(roc, curve),
        ),
        ReportFigure(
            "det.png",
            "False rejects by false accepts (DET)",
            "On axes of normal deviates, lower is better; the dot is the equal error rate. No "
            "error at all is drawn as half a pair.",
            partial(det, curve),
        ),
        ReportFigure(
            "distances.png",
            "Distances",
            "0 is the same picture, 2 the opposite. Pairs left of a threshold are called one "
            "person.",
            partial(distance_histogram, comparison.distances, same, comparison.thresholds),
        ),
    ]


def identification_figures(metrics: IdentificationMetrics) -> list[ReportFigure]:
    """What becomes of strangers."""
    note = "Further to the left fewer strangers are given a name; lower is better."
    title = "Missed people by named strangers"
    return [ReportFigure("strangers.png", title, note, partial(fnir_fpir, metrics))]


def percent(share: float) -> str:
    r"""A share in percent, with up to two decimals.

    >>> percent(0.98444), percent(1.0)
    ('98.44\xa0%', '100\xa0%')
    """
    return f"{100 * share:.2f}".rstrip("0").rstrip(".") + "\xa0%"  # never parted from its number
