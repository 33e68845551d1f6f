"""The charts of a report with areas: confusion matrices, overlaps and their sizes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray

from ....frame.drawing.colors import BLUE, MUTED, TEXT, Color, to_hex
from ....frame.drawing.figures import style_axes
from .chart_style import TICKS, axis_name, legend_above, new_axes

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WRITTEN = 12  # classes of a confusion matrix, up to which each cell has its number
NAMED, LARGE = 40, 20  # classes, up to which they are named at the axes, and in large letters
LONGEST = 16  # letters of such a name
SIZE_BINS = 6


def confusion_matrix(counts: Int[ndarray, "truth answer"], names: Sequence[str]) -> "Figure":
    """How many images of each class, a row each, are taken for each.

    Parameters:
        counts: of images.
        names: of the classes.
    """
    size = len(names)
    drawn, axes = new_axes(4.8, 4.6)
    drawn.set_layout_engine("constrained")  # names are of any length
    axes.grid(False)
    shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    pixels = np.empty((size, size, 4))
    pixels[..., :3] = np.array(BLUE) / 255
    pixels[..., 3] = np.sqrt(shares)  # a root, so that few are seen too
    axes.imshow(pixels, interpolation="nearest")
    if size <= WRITTEN:
        for row, column in zip(*np.nonzero(counts)):
            color = "white" if shares[row, column] > 0.25 else to_hex(TEXT)
            look: dict[str, Any] = {
                "ha": "center",
                "va": "center",
                "fontsize": 8 if size > 6 else 10,
            }
            axes.text(column, row, f"{counts[row, column]:,}", color=color, **look)
    if size <= NAMED:
        labels = [name if len(name) < LONGEST else name[: LONGEST - 2] + "…" for name in names]
        labels = [label.replace("$", r"\$") for label in labels]
        axes.set_xticks(range(size), labels)
        if max(map(len, labels), default=0) > 3:
            axes.tick_params(axis="x", rotation=90)
        axes.set_yticks(range(size), labels)
    axes.set(xlabel="answer", ylabel="truth")
    style_axes(axes, ticks=TICKS if size <= LARGE else 6)
    axes.spines[:].set_visible(False)
    return drawn


def overlap_histogram(values: Float[ndarray, " images"], color: Color, metric: str) -> "Figure":
    """How many images have which overlap; images without one are left out.

    Parameters:
        values: 0 … 1; NaN of images that are left out.
        color: of the head.
        metric: what the values are, below the axis.
    """
    drawn, axes = new_axes()
    known = values[np.isfinite(values)]
    edges = np.linspace(0, 1, 41).tolist()
    axes.hist(np.clip(known, 0, 1), edges, color=to_hex(color))
    if len(known):
        middle = float(np.median(known))
        axes.axvline(middle, color=to_hex(TEXT), lw=1.2, ls="--", label=f"median {middle:.3f}")
    legend_above(axes, columns=1)
    axes.set(xlim=(0, 1), xlabel=axis_name(metric), ylabel="images")
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.locator_params(axis="y", integer=True)
    return drawn


def overlap_by_size(
    values: Float[ndarray, " images"], sizes: Float[ndarray, " images"], color: Color, metric: str
) -> "Figure":
    """The mean overlap of things of like sizes, with as many images in each part: mean and 95 % of
    the mean (normal approximation).

    Parameters:
        values: 0 … 1; NaN of images that are left out.
        sizes: of what is true, in pixels of the canvas.
        color: of the head.
        metric: what the values are, beside the axis.
    """
    drawn, axes = new_axes()
    known = np.isfinite(values) & np.isfinite(sizes)
    values, sizes = values[known], sizes[known]
    parts = [p for p in np.array_split(np.argsort(sizes, kind="stable"), SIZE_BINS) if len(p)]
    middles, means, reaches = (
        [float(of(part)) for part in parts]
        for of in (
            lambda part: np.median(sizes[part]),
            lambda part: values[part].mean(),
            lambda part: 1.96 * values[part].std() / np.sqrt(len(part)),
        )
    )
    axes.errorbar(middles, means, reaches, fmt="o-", capsize=3, color=to_hex(color), ms=6, lw=1.4)
    axes.set(xlabel="size of what is true, pixels", ylabel=axis_name(metric))
    return drawn


def object_counts(
    there: Int[ndarray, " images"], told: Int[ndarray, " images"], color: Color
) -> "Figure":
    """How many objects are found over how many there are.

    Parameters:
        there: in each image.
        told: in each image.
        color: of the head.
    """
    drawn, axes = new_axes()
    places, images = np.unique(np.stack([there, told], 1), axis=0, return_counts=True)
    most = max(int(places.max(initial=1)), 1)
    axes.plot([0, most], [0, most], "--", color=to_hex(MUTED), lw=1)
    areas = 12 + 160 * images / images.max(initial=1)
    axes.scatter(*places.T, s=areas, color=to_hex(color), alpha=0.7, linewidths=0)
    axes.set(xlabel="objects there are", ylabel="objects found")
    axes.locator_params(integer=True)
    return drawn
