"""Learning curves as PNG or SVG."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from ..errors import DataError
from .colors import BACKGROUND, MUTED, PALETTE, TEXT, Color, to_hex
from .figures import figure, save, style_axes

if TYPE_CHECKING:  # matplotlib takes a quarter of a second to import
    from matplotlib.axes import Axes

MAX_COLUMNS = 3  # panels side by side
LOG_SCALE_FROM = 10  # times: losses that fall further are drawn on a logarithmic scale
LINES = tuple(PALETTE[number] for number in (0, 5, 2, 3, 7, 1))
LEGEND = {"frameon": False, "fontsize": 9, "handlelength": 1.2, "labelcolor": to_hex(TEXT)}

Line = tuple[str, Float[np.ndarray, " epochs"]]


def plot_history(
    history: Sequence[Mapping[str, float]], path: str | Path, *, costs: Collection[str] = ()
) -> None:
    """Learning curves: a panel for the losses and one per head, each line's best epoch marked.

    Parameters:
        history: a row an epoch; columns are `epoch` and names such as train/loss, val/loss and
            digit/accuracy, whose last word is what was measured. A row may lack a column or hold
            NaN.
        path: ends in .png or .svg.
        costs: titles of panels whose values are best where lowest, as losses are; those of all
            others are best where highest.

    Raises DataError where nothing was measured, ConfigError for another ending, WriteError as
    `files.atomic_write` does.
    """
    from matplotlib.transforms import ScaledTranslation

    panels = _panels(history)
    if not panels:
        raise DataError(
            "Expected epochs with losses or metrics, got none. Train at least one epoch."
        )
    columns = 2 if len(panels) == 4 else min(len(panels), MAX_COLUMNS)
    rows = -(-len(panels) // columns)
    drawn = figure(4.4 * columns, 3.2 * rows)
    epochs = [row.get("epoch", number) for number, row in enumerate(history)]
    room = 15 * max(map(len, panels.values()))  # points above each panel, for the longest legend
    for place, (title, lines) in enumerate(panels.items(), 1):
        axes = drawn.add_subplot(rows, columns, place)
        axes.set_title(title, loc="left", weight="bold", size=12, c=to_hex(TEXT), pad=12 + room)
        _panel(axes, np.array(epochs, float), lines, lower_is_better=title in {"loss", *costs})
        above = axes.transAxes + ScaledTranslation(0, (room + 14) / 72, drawn.dpi_scale_trans)
        axes.legend(loc="upper left", bbox_to_anchor=(-0.03, 1), bbox_transform=above, **LEGEND)
    save(drawn, path)


def _panels(history: Sequence[Mapping[str, float]]) -> dict[str, list[Line]]:
    """The lines of each panel by its title: losses first, then the heads in order of the rows."""
    names = dict.fromkeys(name for row in history for name in row)
    panels: dict[str, list[Line]] = {}
    for name in sorted(names, key=lambda name: not name.endswith("/loss")):
        whose, _, what = name.rpartition("/")
        if whose:
            title, line = ("loss", whose) if what == "loss" else (whose, what)
            values = np.array([row.get(name, np.nan) for row in history], float)
            panels.setdefault(title, []).append((line, values))
    return panels


def _panel(
    axes: "Axes",
    epochs: Float[np.ndarray, " epochs"],
    lines: Sequence[Line],
    *,
    lower_is_better: bool,
) -> None:
    from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter

    if lower_is_better and _needs_log_scale(np.concatenate([values for _, values in lines])):
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_major_formatter("{x:g}")
        axes.yaxis.set_minor_formatter(NullFormatter())
    for number, (name, values) in enumerate(lines):
        known = np.isfinite(values)
        color = LINES[number % len(LINES)]
        _curve(axes, name, epochs[known], values[known], color, lower_is_better=lower_is_better)
    axes.set_xlim(epochs.min() - 0.5, epochs.max() + 0.5)
    axes.xaxis.set_major_locator(MaxNLocator("auto", integer=True, min_n_ticks=1))
    axes.set_xlabel("epoch")
    axes.grid(axis="y", c=to_hex(MUTED), alpha=0.25, lw=0.8)
    axes.spines[["top", "right", "left"]].set_visible(False)
    style_axes(axes)


def _curve(
    axes: "Axes",
    name: str,
    epochs: Float[np.ndarray, " known"],
    values: Float[np.ndarray, " known"],
    color: Color,
    *,
    lower_is_better: bool,
) -> None:
    """Draw a line with a dot at its best epoch; the legend says how good and when that was."""
    c, mec = to_hex(color), to_hex(BACKGROUND)
    (line,) = axes.plot(epochs, values, c=c, lw=1.8, label=name, solid_capstyle="round")
    if values.size:
        best = int(values.argmin() if lower_is_better else values.argmax())
        axes.plot(epochs[best], values[best], "o", c=c, ms=7, mec=mec, mew=1.5)
        line.set_label(f"{name}  best {values[best]:.3f} in epoch {epochs[best]:g}")


def _needs_log_scale(values: Float[np.ndarray, " values"]) -> bool:
    values = values[np.isfinite(values)]
    return bool(values.size and 0 < values.min() < values.max() / LOG_SCALE_FROM)
