"""The charts of a comparison: differences with their intervals, overlaps of two runs."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from ....frame.drawing.colors import MUTED, PALETTE, TEXT, Color, to_hex
from ..presentation.chart_style import TICKS, axis_name, legend_above, new_axes
from .pairing import RunComparison

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_FIGURES = 14  # of a chart
ROW, MARGIN = 0.34, 1.0  # inches
SPREAD = 0.5  # of a row, over which several runs lie
BINS = 40
REACHED = 0.995  # the share of images that are within the axis; others are at its ends


def charted_figures(pairs: Sequence[RunComparison]) -> list[str]:
    """The figures that are drawn: those of which more is better, not of one class alone, and whose
    interval is known.

    Parameters:
        pairs: runs beside the baseline.
    """
    names = dict.fromkeys(name for one in pairs for name in one.figures)
    known = [
        name
        for name in names
        if ":" not in name.partition("/")[2]
        and any(
            name in one.figures
            and not one.figures[name].lower_is_better
            and np.isfinite(one.figures[name].difference.low)
            for one in pairs
        )
    ]
    return known[:MOST_FIGURES]


def differences(
    pairs: Sequence[RunComparison], names: Sequence[str], colors: Mapping[str, Color]
) -> "Figure":
    """The difference of each figure with its interval, a row a figure; zero is the baseline.

    Parameters:
        pairs: runs beside the baseline.
        names: of the figures, the first on top.
        colors: of heads, which dots have where there is one run alone; else each run has its own.
    """
    height = MARGIN + ROW * len(names) * (1 + 0.4 * (len(pairs) - 1))
    drawn, axes = new_axes(4.8, height)
    drawn.set_layout_engine("constrained")  # names are of any length
    axes.grid(visible=False)
    axes.grid(axis="x", color=to_hex(MUTED), alpha=0.2, lw=0.8)
    axes.axvline(0, color=to_hex(TEXT), lw=1.2)
    offsets = np.linspace(-SPREAD / 2, SPREAD / 2, len(pairs)) if len(pairs) > 1 else [0.0]
    for number, (pair, offset) in enumerate(zip(pairs, offsets)):
        label: str | None = pair.name
        for row, name in enumerate(names):
            if name not in pair.figures or not np.isfinite(pair.figures[name].difference.low):
                continue
            one = pair.figures[name].difference
            head = name.partition("/")[0]
            own = colors.get(head, MUTED) if len(pairs) == 1 else PALETTE[number % len(PALETTE)]
            look: dict[str, Any] = {"color": to_hex(own), "solid_capstyle": "round"}
            axes.plot([one.low, one.high], [row + offset] * 2, lw=3, alpha=0.55, **look)
            dot: dict[str, Any] = {"color": to_hex(own), "ms": 7, "label": label}
            axes.plot([one.value], [row + offset], "o", **dot)
            label = None
    axes.set_yticks(range(len(names)), [name.replace("$", r"\$") for name in names])
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", colors=to_hex(TEXT), labelsize=TICKS)
    axes.xaxis.set_major_formatter(lambda x, _: signed_tick(x))
    axes.set_xlabel("← worse      difference      better →")
    axes.locator_params(axis="x", nbins=5)
    if len(pairs) > 1:
        axes.legend(
            loc="lower center",
            bbox_to_anchor=(0.5, 1.0),
            ncols=3,
            frameon=False,
            fontsize=9,
            labelcolor=to_hex(TEXT),
        )
    return drawn


def overlaps(
    before: Float[ndarray, " images"],
    after: Float[ndarray, " images"],
    names: tuple[str, str],
    color: Color,
    metric: str,
) -> "Figure":
    """How many images have which overlap in either run; images without one are left out.

    Parameters:
        before: of the baseline, 0 … 1; NaN of images that are left out.
        after: of the other run.
        names: of both runs.
        color: of the head: the other run's bars are filled with it; the baseline is a line.
        metric: what the values are, below the axis.
    """
    drawn, axes = new_axes()
    edges = np.linspace(0, 1, BINS + 1).tolist()
    first, second = (np.clip(one[np.isfinite(one)], 0, 1) for one in (before, after))
    axes.hist(second, edges, color=to_hex(color), alpha=0.75, label=names[1])
    axes.hist(first, edges, histtype="step", color=to_hex(TEXT), lw=1.4, label=names[0])
    legend_above(axes, columns=2)
    axes.set(xlim=(0, 1), xlabel=axis_name(metric), ylabel="images")
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.locator_params(axis="y", integer=True)
    return drawn


def gains(gain: Float[ndarray, " images"], color: Color, metric: str) -> "Figure":
    """How many images gained and lost how much; images that did not change are left out.

    Parameters:
        gain: −1 … 1; NaN of images of which nothing is known.
        color: of the head: bars above zero are filled with it.
        metric: what rose or fell, below the axis.
    """
    drawn, axes = new_axes()
    known = gain[np.isfinite(gain) & (gain != 0)]
    reach = max(float(np.quantile(abs(known), REACHED)), 0.01) if len(known) else 1.0
    edges = np.linspace(-reach, reach, BINS + 1)
    counts = np.histogram(np.clip(known, -reach, reach), edges)[0]
    half, width = BINS // 2, np.diff(edges)
    for some, own, label in (
        (slice(half), MUTED, f"worse: {int((known < 0).sum()):,}"),
        (slice(half, None), color, f"better: {int((known > 0).sum()):,}"),
    ):
        axes.bar(
            edges[:-1][some],
            counts[some],
            width[some],
            align="edge",
            color=to_hex(own),
            alpha=0.75,
            label=label,
        )
    axes.axvline(0, color=to_hex(TEXT), lw=1.2)
    legend_above(axes, columns=2)
    axes.set(xlim=(-reach, reach), xlabel=f"change of {axis_name(metric)}", ylabel="images")
    axes.xaxis.set_major_formatter(lambda x, _: signed_tick(x))
    axes.locator_params(axis="x", nbins=6)
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.locator_params(axis="y", integer=True)
    return drawn


def signed_tick(value: float) -> str:
    """A number beside an axis of differences.

    Parameters:
        value: of any size.

    >>> signed_tick(0.05), signed_tick(-0.1), signed_tick(1e-17)
    ('+0.05', '−0.1', '0')
    """
    return "0" if abs(value) < 1e-12 else f"{value:+g}".replace("-", "−")
