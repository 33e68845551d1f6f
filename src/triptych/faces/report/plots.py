"""Plots of an evaluation: ROC, DET, distances, and FNIR over FPIR."""

from collections.abc import Mapping
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Bool, Float, Float64

from ...frame.drawing.colors import GROUND_TRUTH, LIGHT, PREDICTION, Theme, to_hex
from ...frame.drawing.figures import figure, style_axes
from ..metrics.identification import IdentificationMetrics
from ..metrics.roc import RocCurve

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, HEIGHT = 4.8, 4.0  # inches
TICKS = 10  # points: still to be read where a page is as narrow as a phone
BIN = 0.05  # of distance
EDGES = np.linspace(0, 2, round(2 / BIN) + 1)
DRAWN = 2000  # points of a curve: more could not be seen
FLOORS = (0.98, 0.95, 0.9, 0.8, 0.5, 0.0)  # where an axis of rates may begin
PROBIT_TICKS = (0.0001, 0.001, 0.005, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9)
NARROW = 8  # numbers, at most about, beside an axis of deviates
FEW = 0.5  # the rate an axis begins at, at most, however few the pairs
WORST = 0.5  # the error rate where DET axes end, but for an encoder that is hardly one

Rates = Float[np.ndarray, " points"]


def roc(curve: RocCurve, *, theme: Theme = LIGHT, title: str = "") -> "Figure":
    """True accept rate over false accept rate, on a logarithmic axis that begins at one false
    accept, the smallest rate these pairs can show; dots are at 10 %, 1 %, 0.1 % as far as there are
    pairs for it.

    Parameters:
        curve: the errors at all thresholds.
        theme: colors.
        title: above it, if any.
    """
    corners = curve.drop_intermediate()
    far, tar = _decimate(corners.far, corners.tar)
    rarest = min(1 / curve.impostor, FEW)
    plot, axes = new_axes(theme, title)
    _step_curve(axes, np.clip(far, rarest * 0.9, 1), tar)
    for rate in (0.1, 0.01, 0.001):
        if np.isfinite(reached := curve.tar_at(rate)):
            _dot(axes, rate, reached, _percent(reached), theme, below=True)
    lowest = tar[np.searchsorted(far, rarest, side="right") - 1]
    axes.set(xscale="log", xlim=(rarest, 1), xlabel="false accept rate", ylabel="true accept rate")
    floor = next((low for low in FLOORS if low <= lowest), 0.0)
    axes.set_ylim(floor, 1 + (1 - floor) / 50)
    axes.xaxis.set_major_formatter(lambda rate, _: _percent(rate))
    percent_ticks(axes)
    finish(axes, theme)
    return plot


def det(curve: RocCurve, *, theme: Theme = LIGHT, title: str = "") -> "Figure":
    """False reject rate over false accept rate on axes of normal deviates (Martin et al. 1997):
    straight for distances that are normally distributed.

    No error at all is drawn as half a pair; the dot is where both rates are equal.

    Parameters:
        curve: the errors at all thresholds.
        theme: colors.
        title: above it, if any.
    """
    corners = curve.drop_intermediate()
    far, frr = _decimate(corners.far, corners.frr)
    plot, axes = new_axes(theme, title)
    lowest = min(0.5 / curve.impostor, FEW / 2), min(0.5 / curve.genuine, FEW / 2)
    _step_curve(axes, *(_deviates(rates, low) for rates, low in zip((far, frr), lowest)))
    equal = curve.eer()
    highest = WORST if equal < WORST / 2 else PROBIT_TICKS[-1]
    for axis, limits, low in zip((axes.xaxis, axes.yaxis), (axes.set_xlim, axes.set_ylim), lowest):
        ends = _deviates(np.array([low, highest]), 0)
        ticks = _ticks(float(ends[0]), float(ends[1]))
        axis.set_ticks([*ticks.values()], [*map(_percent, ticks)])
        limits(*ends)
    axes.axline((0, 0), slope=1, c=to_hex(theme.muted), lw=0.8, ls=(0, (2, 3)))
    place = float(_deviates(np.array([equal]), min(lowest))[0])
    _dot(axes, place, place, f"{_percent(equal)} each", theme)
    axes.set(xlabel="false accept rate", ylabel="false reject rate")
    finish(axes, theme)
    return plot


def distance_histogram(
    distances: Float[np.ndarray, " pairs"],
    same: Bool[np.ndarray, " pairs"],
    thresholds: Mapping[str, float],
    *,
    theme: Theme = LIGHT,
    title: str = "",
) -> "Figure":
    """Histograms of the distances of pairs of one person, and of two.

    Parameters:
        distances: of the pairs; those that are NaN are counted in the legend, not drawn.
        same: which pairs are of one person.
        thresholds: drawn as lines, by name.
        theme: colors.
        title: above it, if any.
    """
    plot, axes = new_axes(theme, title)
    for name, kind, color in (("same", same, GROUND_TRUTH), ("different", ~same, PREDICTION)):
        values = distances[kind & ~np.isnan(distances)]
        share = np.histogram(values, EDGES)[0] / max(1, int(kind.sum()))
        fill = (*(part / 255 for part in color), 0.35)
        label = f"{name}: {kind.sum():,} pairs"
        if faceless := int(kind.sum()) - len(values):
            label += f", {faceless:,} without a face"
        axes.stairs(share, EDGES, fill=True, fc=fill, ec=to_hex(color), lw=1.4, label=label)
    axes.set(xlim=(0, 2), xlabel="distance", ylabel=f"share of pairs, a bar is {BIN} wide")
    crowd = 0.08 * (3 + len(thresholds))  # the part that the legend takes
    axes.set_ylim(0, axes.dataLim.y1 / (1 - crowd) or 1)
    ink = to_hex(theme.text)
    for (name, place), dashes in zip(thresholds.items(), ("-", (0, (3, 2)))):
        axes.axvline(place, 0, 1 - crowd, c=ink, lw=1.4, ls=dashes, label=f"{name}: {place:.3f}")
    percent_ticks(axes)
    axes.legend(loc="upper left", frameon=False, fontsize=TICKS, labelcolor=ink)
    finish(axes, theme)
    return plot


def fnir_fpir(metrics: IdentificationMetrics, *, theme: Theme = LIGHT, title: str = "") -> "Figure":
    """How many photos of enrolled people are missed (FNIR) over how many of strangers are given a
    name (FPIR), from one of a split's on; dots are at 10 % and 1 % as far as there are photos.

    Parameters:
        metrics: of identification.
        theme: colors.
        title: above it, if any.
    """
    corners = metrics.curve.drop_intermediate()
    fpir, fnir = _decimate(corners.far, corners.frr)
    rarest = min(metrics.splits / metrics.curve.impostor, FEW)
    plot, axes = new_axes(theme, title)
    _step_curve(axes, np.clip(fpir, rarest * 0.9, 1), fnir)
    for rate in (0.1, 0.01):
        if np.isfinite(missed := metrics.fnir_at(rate)):
            _dot(axes, rate, missed, _percent(missed), theme)
    highest = fnir[np.searchsorted(fpir, rarest, side="right") - 1]
    ceiling = next((1 - low for low in FLOORS if 1 - low >= 1.2 * highest), 1.0)
    axes.set(xscale="log", xlim=(rarest, 1), xlabel="strangers given a name (FPIR)")
    axes.set(ylim=(-ceiling / 50, ceiling), ylabel="enrolled people missed (FNIR)")
    axes.xaxis.set_major_formatter(lambda rate, _: _percent(rate))
    percent_ticks(axes)
    finish(axes, theme)
    return plot


def new_axes(theme: Theme, title: str) -> tuple["Figure", "Axes"]:
    """A figure of a report with one pair of axes.

    Parameters:
        theme: colors.
        title: above it, if any.
    """
    plot = figure(WIDTH, HEIGHT, theme)
    axes = plot.add_subplot()
    if title:
        axes.set_title(title, loc="left", weight="bold", size=12, c=to_hex(theme.text), pad=12)
    return plot, axes


def _step_curve(axes: "Axes", x: Rates, y: Rates) -> None:
    """A curve that holds its level from each point to the next: between two thresholds nothing
    changes."""
    axes.plot(x, y, c=to_hex(GROUND_TRUTH), lw=1.8, drawstyle="steps-post", solid_capstyle="round")


def _dot(
    axes: "Axes", x: float, y: float, label: str, theme: Theme, *, below: bool = False
) -> None:
    """A dot with words to its right, where the curve is not."""
    ink, ground = to_hex(theme.text), to_hex(theme.background)
    place = (6, -15) if below else (9, 4)
    axes.plot(x, y, "o", c=ink, ms=6, mec=ground, mew=1.5, zorder=3)
    axes.annotate(label, (x, y), place, textcoords="offset points", color=ink, size=TICKS)


def percent_ticks(axes: "Axes") -> None:
    """An upright axis of shares, in steps that few digits can tell."""
    from matplotlib.ticker import MaxNLocator

    axes.yaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(lambda share, _: _percent(share))


def _ticks(low: float, high: float) -> dict[float, float]:
    """Rates to be told on an axis between these deviates, and where they stand; not too near."""
    ticks: dict[float, float] = {}
    for rate in PROBIT_TICKS:
        place = NormalDist().inv_cdf(rate)
        if low < place <= high and place - max(ticks.values(), default=low) > (high - low) / NARROW:
            ticks[rate] = place
    return ticks


def finish(axes: "Axes", theme: Theme) -> None:
    """Give axes a grid and muted numbers, and no frame.

    Parameters:
        axes: of Matplotlib, with all that is drawn on them.
        theme: colors.
    """
    axes.grid(which="major", c=to_hex(theme.muted), alpha=0.25, lw=0.8)
    axes.set_axisbelow(True)
    axes.minorticks_off()
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(pad=6)
    style_axes(axes, theme, ticks=TICKS)


def _decimate(*rates: Rates) -> list[Float64[np.ndarray, " drawn"]]:
    """At most so many points of each, dense where the first begin: a logarithm spreads those."""
    count = len(rates[0])
    parts = np.geomspace(1, count, DRAWN // 2), np.linspace(1, count, DRAWN // 2)
    rows = np.unique(np.concatenate(parts).round().astype(int)) - 1
    return [values[rows].astype(np.float64) for values in rates]


def _deviates(rates: Rates, lowest: float) -> Float64[np.ndarray, " points"]:
    """How many standard deviations from the middle a normal variable passes at these rates."""
    normal = NormalDist()
    within = np.clip(rates, lowest, 1 - max(lowest, 1e-9))
    return np.array([normal.inv_cdf(float(rate)) for rate in within])


def _percent(rate: float) -> str:
    """A rate in percent, with three digits.

    >>> _percent(0.5), _percent(0.001), _percent(0.98765)
    ('50 %', '0.1 %', '98.8 %')
    """
    return f"{100 * rate:.3g} %"
