"""The charts of how heads pull at the backbone: how their gradients agree, how long they are, and
the weights that were learned."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from ....frame.drawing.colors import MUTED, PALETTE, Color, to_hex
from ....frame.drawing.html_page import Image
from .chart_style import chart, legend_above, new_axes
from .line_charts import curves

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Rows = Sequence[Mapping[str, float]]

COSINE, NORM, WEIGHT = "cosine/", "norm/", "weight/"
MOST_PAIRS = 6  # lines of a chart: of more heads, those pairs that agree least
SMOOTHED = 5  # measurements whose mean a line shows: one batch tells little
LEAST_RANGE = 0.25  # of the axis, each way: so that small cosines look small


def gradient_charts(rows: Rows, history: Rows, colors: Mapping[str, Color]) -> list[Image]:
    """The charts that there are measurements for, none of a model with one head.

    Parameters:
        rows: of gradients.csv, in order.
        history: of the learning curves; the weights of whichever has more of them are drawn.
        colors: of the heads, by name.
    """
    charts = []
    if any(name.startswith(COSINE) for row in rows for name in row):
        alt = "Cosine of the angle between the gradients of each two heads, over epochs."
        note = (
            f"Dots: one batch. Lines: the mean of {SMOOTHED}. Below 0, what helps one head harms "
        )
        note += "the other."
        charts.append(chart(cosine_curves(rows), "gradients: cosine", alt, note))
    learned = max(rows, history, key=lambda some: sum(_has(row, WEIGHT) for row in some))
    for title, prefix, source, words in (
        ("gradients: norm", NORM, rows, "norm of the gradient of each head's weighted loss"),
        ("learned weights", WEIGHT, learned, "learned weight of each head's loss"),
    ):
        named = [_of_heads(row, prefix, colors) for row in source if _has(row, prefix)]
        if named:
            names = [name for name in colors if any(name in row for row in named)]
            alt = f"The {words}, over epochs, on a logarithmic scale."
            note = "The last: " + ", ".join(
                f"{name} {named[-1].get(name, 0):.3g}" for name in names
            )
            charts.append(chart(curves(named, names, colors=colors, log=True), title, alt, note))
    return charts


def cosine_curves(rows: Rows) -> "Figure":
    """Cosines over epochs: a dot for each measurement, a line for the mean of a few.

    Parameters:
        rows: with columns "cosine/A+B", in order.
    """
    drawn, axes = new_axes()
    names = dict.fromkeys(name for row in rows for name in row if name.startswith(COSINE))
    lines = {name: _points(rows, name) for name in names}
    lowest = sorted(lines, key=lambda name: float(lines[name][1].mean()))[:MOST_PAIRS]
    reach = LEAST_RANGE
    for number, name in enumerate(name for name in lines if name in lowest):
        epochs, cosines = lines[name]
        color = to_hex(PALETTE[number])
        mean = f"{round(float(cosines.mean()), 2) + 0.0:+.2f}".replace("-", "−")  # no −0.00
        axes.plot(epochs, cosines, "o", ms=2.5, color=color, alpha=0.35)
        label = f"{name.removeprefix(COSINE).replace('+', ', ')}: {mean}"
        axes.plot(epochs, _smoothed(cosines), color=color, lw=1.8, label=label)
        reach = max(reach, float(np.abs(cosines).max()) * 1.1)
    axes.axhline(0, color=to_hex(MUTED), lw=1)
    axes.set(ylim=(-min(reach, 1.05), min(reach, 1.05)), xlabel="epoch", ylabel="cosine")
    legend_above(axes, columns=2)
    return drawn


def _points(rows: Rows, name: str) -> tuple[Float[np.ndarray, " n"], Float[np.ndarray, " n"]]:
    pairs = [(row["epoch"], row[name]) for row in rows if name in row]
    epochs, values = np.array(pairs, float).T
    return epochs, values


def _smoothed(values: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
    """The mean of each value and those around it, of fewer at the ends."""
    window = np.ones(SMOOTHED)
    counts = np.convolve(np.ones_like(values), window, "full")
    start = SMOOTHED // 2
    return (np.convolve(values, window, "full") / counts)[start : start + len(values)]


def _has(row: Mapping[str, float], prefix: str) -> bool:
    return any(name.startswith(prefix) for name in row)


def _of_heads(
    row: Mapping[str, float], prefix: str, heads: Mapping[str, object]
) -> dict[str, float]:
    """The epoch of a row, and a value of each head by its name alone."""
    values = {head: row[prefix + head] for head in heads if prefix + head in row}
    return {"epoch": row.get("epoch", 0.0), **values}
