"""What rejecting photos by their quality is worth: figures, a plot, and a section of the report."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float64

from ...frame.drawing.colors import GROUND_TRUTH, LIGHT, PREDICTION, Theme, to_hex
from ..metrics.error_versus_discard import ErrorVersusDiscard, error_versus_discard
from ..photos.identity_folder import ImageFile
from ..recognition.pipeline_result import PipelineResult
from .figures import ReportFigure
from .plots import TICKS, finish, new_axes, percent_ticks
from .verification_section import PairComparison

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FILE, TITLE = "quality.png", "Errors by share rejected (EDC)"
SHOWN = 0.8  # of pairs rejected: beyond, few pairs of few photos are left
NOTE = (
    "From left to right ever more pairs are rejected, those with the worst photo first. A score "
    "that knows nothing leaves a level line; the dotted one rejects every error first."
)


def quality_for_photos(
    photos: Sequence[ImageFile], result: PipelineResult
) -> Float64[np.ndarray, " photos"]:
    """The quality of each photo's first face, 0 … 1: 0 without a face, NaN where none was looked
    for.

    Parameters:
        photos: all of them.
        result: what a pipeline made of them.
    """
    rows = dict(reversed([*zip(result.embeddings.photos, result.qualities)]))
    return np.array([rows.get(photo.name, 0.0) for photo in photos], np.float64)


def errors_by_quality(
    comparison: PairComparison | None, photos: Sequence[ImageFile], result: PipelineResult
) -> ErrorVersusDiscard | None:
    """Errors of the pairs over the share rejected, at the calibrated threshold, or the most
    accurate one where none is calibrated; None without pairs, and where photos were taken as they
    are, so that no face was looked for.

    Parameters:
        comparison: verification on pairs.
        photos: all of them.
        result: what a pipeline made of them.
    """
    if comparison is None or not any(result.faces):
        return None
    quality = quality_for_photos(photos, result)
    pairs, calibrated = comparison.pairs, comparison.calibrated_threshold
    threshold = comparison.threshold if calibrated is None else calibrated
    of_pairs = np.minimum(quality[pairs.first], quality[pairs.second])
    return error_versus_discard(comparison.distances, pairs.same, of_pairs, threshold)


def edc(curve: ErrorVersusDiscard, *, theme: Theme = LIGHT, title: str = "") -> "Figure":
    """FNMR and FMR over the share of pairs rejected, and the FNMR if errors went first.

    Parameters:
        curve: the errors.
        theme: colors.
        title: above it, if any.
    """
    plot, axes = new_axes(theme, title)
    start = float(curve.fnmr[0])
    grid = np.linspace(0, min(start, 0.999), 50)
    best = np.clip(start - grid, 0, None) / (1 - grid)
    muted = to_hex(theme.muted)
    lines = (
        (curve.genuine_discarded, curve.fnmr, GROUND_TRUTH, "one person, not accepted (FNMR)"),
        (curve.impostor_discarded, curve.fmr, PREDICTION, "two people, accepted (FMR)"),
    )
    for discarded, rates, color, label in lines:
        axes.plot(discarded, rates, c=to_hex(color), lw=1.8, drawstyle="steps-post", label=label)
    axes.plot(grid, best, c=muted, lw=1.2, ls=(0, (1, 2)), label="FNMR, errors rejected first")
    shown = [rates[discarded <= SHOWN] for discarded, rates, *_ in lines]
    top = max(float(rates.max()) for rates in shown)
    axes.set(xlim=(0, SHOWN), ylim=(0, 1.45 * top or 1), xlabel="share of pairs rejected")
    axes.set_ylabel("error rate of the pairs left")
    axes.xaxis.set_major_formatter(lambda share, _: f"{100 * share:.0f} %")
    percent_ticks(axes)
    ink = to_hex(theme.text)
    axes.legend(loc="upper right", frameon=False, fontsize=TICKS, labelcolor=ink)
    finish(axes, theme)
    return plot


def quality_figures(curve: ErrorVersusDiscard) -> list[ReportFigure]:
    """Errors over the share rejected."""
    return [ReportFigure(FILE, TITLE, NOTE, partial(edc, curve))]


def quality_paragraphs(curve: ErrorVersusDiscard) -> list[str]:
    """What the plot says, in words."""
    steps = [f"{curve.fnmr_at(share):.2%} without the worst {share:.0%}" for share in (0.1, 0.2)]
    text = (
        "The quality of a photo is told from its face alone, without the encoder. Of a pair the "
        f"worse photo counts. At the distance {curve.threshold:.3f} {curve.fnmr[0]:.2%} of pairs "
        f"of one person are not accepted; {' and '.join(steps)}."
    ).replace("%", "\xa0%")
    return [text]
