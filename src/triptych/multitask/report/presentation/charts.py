"""The charts of a report with areas: confusion matrices, overlaps and their sizes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray

from ....frame.drawing.colors import BLUE, Color, Theme, to_hex
from ....frame.drawing.figures import style_axes
from .chart_style import TICKS, legend_above, new_axes

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WRITTEN = 12  # classes of a confusion matrix, up to which each cell has its number
NAMED, LARGE = 40, 20  # classes, up to which they are named at the axes, and in large letters
SIZE_BINS = 6


def confusion_matrix(
    counts: Int[ndarray, "truth answer"], names: Sequence[str], *, theme: Theme
) -> "Figure":
    """How many images of each class, a row each, are taken for each.

    Parameters:
        counts: of images.
        names: of the classes.
        theme: light or dark.
    """
    from matplotlib.colors import LinearSegmentedColormap

    size = len(names)
    drawn, axes = new_axes(theme, 4.8, 4.6)
    shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    ends = [to_hex(theme.background), to_hex(BLUE)]
    scale = LinearSegmentedColormap.from_list("shares", ends)
    axes.imshow(np.sqrt(shares), cmap=scale, vmin=0, vmax=1)  # a root, so that few are seen too
    if size <= WRITTEN:
        for row, column in zip(*np.nonzero(counts)):
            light = shares[row, column] > 0.25
            color = "white" if light else to_hex(theme.text)
            axes.text(
                column,
                row,
                f"{counts[row, column]:,}",
                ha="center",
                va="center",
                fontsize=8 if size > 6 else 10,
                color=color,
            )
    if size <= NAMED:
        labels = [name if len(name) < 16 else name[:14] + "…" for name in names]
        labels = [label.replace("$", r"\$") for label in labels]
        axes.set_xticks(range(size), labels)
        if max(map(len, labels), default=0) > 3:
            axes.tick_params(axis="x", rotation=90)
        axes.set_yticks(range(size), labels)
    axes.set(xlabel="answer", ylabel="truth")
    style_axes(axes, theme, ticks=TICKS if size <= LARGE else 6)
    axes.spines[:].set_visible(False)
    return drawn


def overlap_histogram(
    values: Float[ndarray, " images"], color: Color, what: str, *, theme: Theme
) -> "Figure":
    """How many images have which overlap; images without one are left out.

    Parameters:
        values: 0 … 1; NaN of images that are left out.
        color: of the head.
        what: is measured, below the axis.
        theme: light or dark.
    """
    drawn, axes = new_axes(theme)
    known = values[np.isfinite(values)]
    edges = np.linspace(0, 1, 41).tolist()
    axes.hist(np.clip(known, 0, 1), edges, color=to_hex(color))
    if len(known):
        middle = float(np.median(known))
        axes.axvline(
            middle, color=to_hex(theme.text), lw=1.2, ls="--", label=f"median {middle:.3f}"
        )
        legend_above(axes, theme, columns=1)
    axes.set(xlim=(0, 1), xlabel=what, ylabel="images")
    return drawn


def overlap_by_size(
    values: Float[ndarray, " images"],
    sizes: Float[ndarray, " images"],
    color: Color,
    what: str,
    *,
    theme: Theme,
) -> "Figure":
    """The mean overlap of things of like sizes, with as many images in each part: mean and 95 % of
    the mean (normal approximation).

    Parameters:
        values: 0 … 1; NaN of images that are left out.
        sizes: of what is true, in pixels of the canvas.
        color: of the head.
        what: is measured, beside the axis.
        theme: light or dark.
    """
    drawn, axes = new_axes(theme)
    known = np.isfinite(values) & np.isfinite(sizes)
    order = np.argsort(sizes[known], kind="stable")
    parts = [part for part in np.array_split(order, SIZE_BINS) if len(part)]
    for part in parts:
        own = values[known][part]
        reach = 1.96 * own.std() / np.sqrt(len(own))
        axes.errorbar(
            np.median(sizes[known][part]),
            own.mean(),
            reach,
            fmt="o",
            capsize=3,
            color=to_hex(color),
            ms=6,
        )
    middles = [(np.median(sizes[known][part]), values[known][part].mean()) for part in parts]
    if middles:
        axes.plot(*zip(*middles), color=to_hex(color), lw=1.2, alpha=0.6)
    axes.set(xlabel="size of what is true, pixels", ylabel=what)
    return drawn
