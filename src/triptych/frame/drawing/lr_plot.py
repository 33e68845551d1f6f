"""A learning-rate range test as PNG or SVG."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Float

from .colors import BACKGROUND, BLUE, MUTED, TEXT, VERMILION, to_hex
from .figures import figure, save, style_axes

TOP_QUANTILE = 0.9  # of the smoothed losses: what is higher at the end is cut off
MARGIN = 0.08  # of the height


def plot_lr_range(
    rates: Sequence[float],
    losses: Sequence[float],
    smoothed: Float[np.ndarray, " steps"],
    fallen: int,
    rate: float,
    path: str | Path,
) -> None:
    """The loss by learning rate, where it has fallen most of the way, and the rate that is taken.

    Parameters:
        rates: of each step, rising.
        losses: of each step.
        smoothed: their average.
        fallen: number of the step at which the average has fallen most of the way.
        rate: that is taken.
        path: ends in .png or .svg.

    Raises ConfigError for another ending, WriteError as `files.atomic_write` does.
    """
    drawn = figure(6.4, 3.8)
    axes = drawn.add_subplot()
    axes.set_xscale("log")
    axes.plot(rates, losses, ".", c=to_hex(MUTED), alpha=0.4, ms=5, label="loss of a step")
    axes.plot(rates, smoothed, c=to_hex(BLUE), lw=1.8, label="smoothed")
    dot = {"ms": 7, "mec": to_hex(BACKGROUND), "mew": 1.5}
    axes.plot(rates[fallen], smoothed[fallen], "o", c=to_hex(BLUE), **dot)
    axes.axvline(rate, c=to_hex(VERMILION), lw=1.8, label=f"taken: {rate:g}")
    high = max(float(np.quantile(smoothed, TOP_QUANTILE)), float(smoothed[0]))
    low = float(smoothed.min())
    apart = MARGIN * (high - low or 1)
    axes.set_ylim(low - 2 * apart, high + apart)
    axes.set_title(
        "Learning-rate range test", loc="left", weight="bold", size=12, c=to_hex(TEXT), pad=30
    )
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(-0.01, 1),
        ncols=3,
        frameon=False,
        fontsize=9,
        labelcolor=to_hex(TEXT),
    )
    axes.set_xlabel("learning rate of the step")
    axes.set_ylabel("training loss")
    axes.grid(axis="y", c=to_hex(MUTED), alpha=0.25, lw=0.8)
    axes.spines[["top", "right", "left"]].set_visible(False)
    style_axes(axes)
    save(drawn, path)
