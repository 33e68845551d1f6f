"""Learning curves as PNG or SVG."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from ..errors import DataError
from .colors import BACKGROUND, MUTED, NEUTRAL, PALETTE, TEXT, Color, to_hex
from .figures import figure, save, style_axes

if TYPE_CHECKING:  # matplotlib takes a quarter of a second to import
    from matplotlib.axes import Axes

MAX_COLUMNS = 3  # panels side by side
LOG_SCALE_FROM = 10  # times: losses that fall further are drawn on a logarithmic scale
SPREAD = 3  # times the way from the median to the best value: what is worse is cut off
FLAT = 0.5  # of the height: only where the others would have less than that is any cut off
MARGIN = 0.06  # of the height, above and below the lines
SHORT = 2  # epochs: so few have ticks within
STACKED = 3  # entries of a legend one below the other, at most
FEW_POINTS = 40  # on a line: each has a dot, so that even a single one is seen
LINES = tuple(PALETTE[number] for number in (0, 5, 2, 3, 7, 1))
STYLES = ("-", "--", ":", "-.")
WHOLE: dict[str, Color] = {"train": MUTED, "val": NEUTRAL}  # losses of all heads together
LEGEND = {"frameon": False, "fontsize": 9, "handlelength": 1.8, "labelcolor": to_hex(TEXT)}

Values = Float[np.ndarray, " epochs"]

Limits = tuple[float, float]


@dataclass(frozen=True)
class Line:
    """A line of a panel.

    Parameters:
        name: what was measured.
        values: one for each row of the history; NaN where a row lacks it.
        color: of the line.
        style: as Matplotlib writes it: "-", "--".
    """

    name: str
    values: Values
    color: Color
    style: str


def plot_history(
    history: Sequence[Mapping[str, float]],
    path: str | Path,
    *,
    costs: Collection[str] = (),
    colors: Mapping[str, Color] | None = None,
) -> None:
    """Learning curves: a panel for the losses and one per head, each line's best epoch marked.

    Values that are much worse than most, as the first ones often are, are left outside the axes and
    told in numbers at their edge.

    Parameters:
        history: rows in order; columns are `epoch` and names such as train/loss, val/loss and
            digit/accuracy, whose last word is what was measured. A row may lack a column or hold
            NaN. Epochs may be fractions; the best one is a whole one where there are any.
        path: ends in .png or .svg.
        costs: titles of panels whose values are best where lowest, as losses are; those of all
            others are best where highest.
        colors: of panels and of losses, by name; the lines of such a panel differ in style.

    Raises DataError where nothing was measured, ConfigError for another ending, WriteError as
    `files.atomic_write` does.
    """
    from matplotlib.transforms import ScaledTranslation

    panels = _panels(history, colors or {})
    if not panels:
        raise DataError(
            "Expected epochs with losses or metrics, got none. Train at least one epoch."
        )
    columns = 2 if len(panels) == 4 else min(len(panels), MAX_COLUMNS)
    rows = -(-len(panels) // columns)
    # points above each panel, for the longest legend
    room = 15 * max(-(-len(lines) // _legend_columns(lines)) for lines in panels.values())
    drawn = figure(4.4 * columns, (3.2 + max(room - 30, 0) / 72) * rows)
    epochs = [row.get("epoch", number) for number, row in enumerate(history)]
    for place, (title, lines) in enumerate(panels.items(), 1):
        axes = drawn.add_subplot(rows, columns, place)
        axes.set_title(title, loc="left", weight="bold", size=12, c=to_hex(TEXT), pad=12 + room)
        _panel(axes, np.array(epochs, float), lines, lower_is_better=title in {"loss", *costs})
        above = axes.transAxes + ScaledTranslation(0, (room + 14) / 72, drawn.dpi_scale_trans)
        place_of_legend = {"bbox_to_anchor": (-0.03, 1), "bbox_transform": above}
        wide = {"ncols": _legend_columns(lines), "columnspacing": 0.8}
        axes.legend(loc="upper left", **place_of_legend, **wide, **LEGEND)
    save(drawn, path)


def _legend_columns(lines: Sequence[Line]) -> int:
    """How many entries of a legend are side by side: two where there are many."""
    return 2 if len(lines) > STACKED else 1


def _panels(
    history: Sequence[Mapping[str, float]], colors: Mapping[str, Color]
) -> dict[str, list[Line]]:
    """The lines of each panel by its title: losses first, then the heads in order of the rows."""
    names = dict.fromkeys(name for row in history for name in row)
    panels: dict[str, list[Line]] = {}
    for name in sorted(names, key=lambda name: not name.endswith("/loss")):
        whose, _, what = name.rpartition("/")
        if not whose:
            continue
        title, line = ("loss", whose) if what == "loss" else (whose, what)
        values = np.array([row.get(name, np.nan) for row in history], float)
        lines = panels.setdefault(title, [])
        color, style = LINES[len(lines) % len(LINES)], "-"
        if title == "loss":
            color = {**WHOLE, **colors}.get(line, color) if colors else color
        elif title in colors:
            color, style = colors[title], STYLES[len(lines) % len(STYLES)]
        lines.append(Line(line, values, color, style))
    return panels


def _panel(
    axes: "Axes",
    epochs: Float[np.ndarray, " epochs"],
    lines: Sequence[Line],
    *,
    lower_is_better: bool,
) -> None:
    from matplotlib.ticker import LogLocator, MaxNLocator, MultipleLocator, NullFormatter

    log = lower_is_better and _needs_log_scale(np.concatenate([line.values for line in lines]))
    if log:
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_major_formatter("{x:g}")
        axes.yaxis.set_minor_formatter(NullFormatter())
    for line in lines:
        _curve(axes, epochs, line, lower_is_better=lower_is_better, brief=len(lines) > STACKED)
    within = bool((epochs % 1).any())
    axes.set_xlim(epochs.min() - (0 if within else 0.5), epochs.max() + (0.04 if within else 0.5))
    if within:
        axes.set_xlim(left=math.floor(epochs.min()))
    limits = [
        _robust_limits(line.values, lower_is_better=lower_is_better, log=log) for line in lines
    ]
    if known := [pair for pair in limits if pair]:
        low, high = min(pair[0] for pair in known), max(pair[1] for pair in known)
        _cut_off(axes, epochs, lines, low, high)
    axes.xaxis.set_major_locator(MaxNLocator("auto", integer=True, min_n_ticks=1))
    if within and epochs.max() <= SHORT:
        axes.xaxis.set_major_locator(MultipleLocator(0.25 * math.ceil(epochs.max())))
    axes.set_xlabel("epoch")
    axes.grid(axis="y", c=to_hex(MUTED), alpha=0.25, lw=0.8)
    axes.spines[["top", "right", "left"]].set_visible(False)
    style_axes(axes)


def _curve(
    axes: "Axes",
    epochs: Float[np.ndarray, " epochs"],
    line: Line,
    *,
    lower_is_better: bool,
    brief: bool,
) -> None:
    """Draw a line with a dot at its best epoch; the legend says how good and when that was, in
    fewer words where it is `brief`."""
    known = np.isfinite(line.values)
    epochs, values = epochs[known], line.values[known]
    c, mec = to_hex(line.color), to_hex(BACKGROUND)
    dots = {"marker": "o", "ms": 3} if len(values) <= FEW_POINTS else {}
    (drawn,) = axes.plot(
        epochs, values, line.style, c=c, lw=1.8, label=line.name, solid_capstyle="round", **dots
    )
    if values.size:
        whole = epochs % 1 == 0
        some = np.flatnonzero(whole) if whole.any() else np.arange(len(values))
        best = int(some[values[some].argmin() if lower_is_better else values[some].argmax()])
        axes.plot(epochs[best], values[best], "o", c=c, ms=7, mec=mec, mew=1.5)
        said = "{}  {:.3f} (epoch {:g})" if brief else "{}  best {:.3f} in epoch {:g}"
        drawn.set_label(said.format(line.name, values[best], epochs[best]))


def _robust_limits(values: Values, *, lower_is_better: bool, log: bool) -> Limits | None:
    """The values that a line's axis should show: all but those much worse than most.

    Parameters:
        values: of the line; those that are not finite do not count.
        lower_is_better: which of them are good.
        log: whether the axis is logarithmic; then all values above zero count.
    """
    values = values[np.isfinite(values) & (values > 0 if log else True)]
    if not values.size:
        return None
    scaled = np.log(values) if log else values
    sign = 1 if lower_is_better else -1
    cost = sign * scaled
    worst = np.median(cost) + SPREAD * (np.median(cost) - cost.min())
    shown = scaled[cost <= worst]
    low, high = float(shown.min()), float(shown.max())
    return (math.exp(low), math.exp(high)) if log else (low, high)


def _cut_off(
    axes: "Axes",
    epochs: Float[np.ndarray, " epochs"],
    lines: Sequence[Line],
    low: float,
    high: float,
) -> None:
    """Set the limits of the vertical axis, a little apart from the lowest and the highest value
    shown, and tell the farthest value outside of them at the edge."""
    low, high = axes.transData.transform([(0, low), (0, high)])[:, 1]
    bottom, top = axes.transData.transform([(0, value) for value in axes.get_ylim()])[:, 1]
    apart = MARGIN * (high - low)
    if apart == 0 or high - low >= FLAT * (top - bottom):
        return
    edges = max(low - apart, bottom), min(high + apart, top)
    below, above = axes.transData.inverted().transform([(0, edge) for edge in edges])[:, 1]
    axes.set_ylim(below, above)
    notes = 0  # so far, one above the other
    for line in lines:
        outside = (line.values < below) | (line.values > above)
        if not outside.any():
            continue
        first, known = int(np.flatnonzero(outside)[0]), np.flatnonzero(np.isfinite(line.values))
        low_one = line.values[first] < below
        axes.annotate(
            f"{'↓' if low_one else '↑'} from {line.values[first]:.3g}",
            (0 if first == known[0] else epochs[first], 1 - low_one),
            xycoords=("axes fraction" if first == known[0] else "data", "axes fraction"),
            xytext=(3, (3 + 10 * notes) * (1 if low_one else -1)),
            textcoords="offset points",
            va="bottom" if low_one else "top",
            size=8,
            c=to_hex(line.color),
        )
        notes += 1


def _needs_log_scale(values: Float[np.ndarray, " values"]) -> bool:
    values = values[np.isfinite(values)]
    return bool(values.size and 0 < values.min() < values.max() / LOG_SCALE_FROM)
