"""The losses of every step: as a table, costs.csv, and drawn, curves.png."""

import csv
from collections import Counter
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from ...frame.drawing.colors import BACKGROUND, MUTED, PALETTE, TEXT, to_hex
from ...frame.drawing.figures import figure, save, style_axes
from ...frame.errors import DataError, RunError
from ...frame.storage.files import write_text
from ..optimization.config import StepLog

if TYPE_CHECKING:  # matplotlib takes a quarter of a second to import
    from matplotlib.axes import Axes

FIXED = ("scale", "size", "step", "seconds", "total")
LOG_FLOOR = 1e-7  # a cost of nothing has no logarithm
FIXED_COLORS = {"total": TEXT, "content": PALETTE[0], "variation": MUTED}
LAYERS = tuple(PALETTE[number] for number in (1, 2, 3, 4, 5, 7, 9, 11))  # yellow is too pale


def write_loss_csv(path: Path, rows: Sequence[StepLog]) -> None:
    """Write a table with a row a step: its scale, the total, and each loss, unweighted.

    Parameters:
        path: of the CSV file.
        rows: of all steps.

    Raises WriteError.
    """
    parts = list(dict.fromkeys(name for row in rows for name in row.parts))
    text = StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow([*FIXED, *parts])
    for row in rows:
        fixed = (repr(getattr(row, name)) for name in FIXED)
        table.writerow([*fixed, *(repr(row.parts[name]) for name in parts if name in row.parts)])
    write_text(path, text.getvalue())


def read_loss_csv(path: Path) -> list[StepLog]:
    """The rows that `write_loss_csv` wrote, to the last digit, in order. Raises RunError."""
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = [_row(cells) for cells in csv.DictReader(file, strict=True)]
        count = Counter(row.scale for row in rows)
        places = [(scale, step + 1) for scale in range(len(count)) for step in range(count[scale])]
        if [(row.scale, row.step) for row in rows] != places:
            raise ValueError("not in order")
    except (OSError, ValueError, KeyError, TypeError, csv.Error) as error:
        raise RunError(f"{path} is damaged or missing. Begin anew in another folder.") from error
    return rows


def _row(cells: dict[str, str]) -> StepLog:
    scale, size, step = (int(cells.pop(name)) for name in FIXED[:3])
    seconds, total = (float(cells.pop(name)) for name in FIXED[3:])
    return StepLog(scale, size, step, seconds, total, {name: float(v) for name, v in cells.items()})


def plot_losses(rows: Sequence[StepLog], path: str | Path) -> None:
    """Plot the total and its unweighted parts over all steps, one line each, with the scales
    marked.

    Parameters:
        rows: of all steps.
        path: of a .png or .svg file.

    Raises DataError without a step, ConfigError for another ending, WriteError.
    """
    from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter

    if not rows:
        raise DataError("Expected the costs of a step or more, got none. Paint first.")
    drawn = figure(9.6, 4.8)
    axes = drawn.add_subplot()
    axes.set_yscale("log")
    lines = _lines(rows)
    steps = np.arange(1, len(rows) + 1)
    layers = [name for name in lines if name not in FIXED_COLORS]
    line_colors = {
        name: LAYERS[place % len(LAYERS)] for place, name in enumerate(layers)
    } | FIXED_COLORS
    for name, values in lines.items():
        c, wide = to_hex(line_colors[name]), 2.6 if name == "total" else 1.5
        style = "--" if name in FIXED_COLORS and name != "total" else "-"
        (line,) = axes.plot(steps, values, style, c=c, lw=wide, solid_capstyle="round")
        line.set_label(f"{name}  {_last(values):.3g}")
        axes.plot(len(rows), _last(values), "o", c=c, ms=6, mec=to_hex(BACKGROUND), mew=1.2)
    _scales(axes, rows)
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.xaxis.set_major_locator(MaxNLocator("auto", integer=True, min_n_ticks=1))
    axes.set_xlim(0.5, len(rows) + max(1.0, len(rows) / 80))
    axes.set_xlabel("step")
    axes.set_ylabel("cost (logarithmic)")
    axes.grid(axis="y", c=to_hex(MUTED), alpha=0.25, lw=0.8)
    axes.spines[["top", "right", "left"]].set_visible(False)
    style_axes(axes)
    drawn.legend(
        loc="outside right upper",
        frameon=False,
        fontsize=9,
        labelcolor=to_hex(TEXT),
        title="cost  at the end",
        title_fontsize=9,
        alignment="left",
    )
    save(drawn, path)


def _lines(rows: Sequence[StepLog]) -> dict[str, Float[np.ndarray, " steps"]]:
    names = list(dict.fromkeys(name for row in rows for name in row.parts))
    series = {"total": [row.total for row in rows]}
    series |= {name: [row.parts.get(name, np.nan) for row in rows] for name in names}
    return {
        name.removeprefix("style/"): np.maximum(np.array(values, float), LOG_FLOOR)
        for name, values in series.items()
    }


def _last(values: Float[np.ndarray, " steps"]) -> float:
    return float(values[-1])


def _scales(axes: "Axes", rows: Sequence[StepLog]) -> None:
    """A faint line where each scale begins, and its size above."""
    for place, row in enumerate(rows):
        if not place or row.scale != rows[place - 1].scale:
            if place:
                axes.axvline(place + 0.5, c=to_hex(MUTED), lw=0.8, alpha=0.6)
            where = (place + 1, 1.01)
            axes.annotate(
                f"{row.size} px",
                where,
                xycoords=("data", "axes fraction"),
                color=to_hex(MUTED),
                fontsize=9,
            )
