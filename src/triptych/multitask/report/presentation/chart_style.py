"""How the charts of a report look, in light and in dark."""

from dataclasses import astuple
from typing import TYPE_CHECKING

from ....frame.drawing.colors import DARK, LIGHT, MUTED, TEXT, to_hex
from ....frame.drawing.figures import figure, style_axes, to_bytes
from ....frame.drawing.html_page import Image

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TICKS = 10  # points: still to be read on a phone
LEGEND_ROW = 0.06  # of the height of a chart
PLAIN = {"frameon": False, "fontsize": 9, "labelcolor": to_hex(TEXT)}
ACRONYMS = {"iou": "IoU", "jaccard": "IoU", "miou": "mean IoU", "ap50": "AP50"}


def chart(drawn: "Figure", title: str, alt: str, note: str = "") -> Image:
    """A chart that is light or dark as the reader's system is.

    Parameters:
        drawn: the figure, in light colors.
        title: above it.
        alt: what is to be seen, for those who cannot see it.
        note: below it.
    """
    light = dark = to_bytes(drawn, ".svg")
    for bright, dim in zip(astuple(LIGHT), astuple(DARK)):  # drawing it again takes as long again
        dark = dark.replace(to_hex(bright).encode(), to_hex(dim).encode())
    return Image(light, alt, title, note, dark=dark)


def axis_name(metric: str) -> str:
    """What a metric is called beside an axis: "IoU" for iou.

    Parameters:
        metric: its name.
    """
    return ACRONYMS.get(metric, metric.replace("_", " "))


def new_axes(width: float = 4.8, height: float = 3.4) -> "tuple[Figure, Axes]":
    """An empty chart in the style of a report, with room for numbers and labels on its left and
    below: to measure how much they need takes as long as to draw.

    Parameters:
        width: in inches of 150 pixels, as is `height`.
    """
    drawn = figure(width, height)
    drawn.set_layout_engine(None)
    drawn.subplots_adjust(left=0.19, right=0.97, bottom=0.16, top=0.97)
    axes = drawn.add_subplot()
    style_axes(axes, ticks=TICKS)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color=to_hex(MUTED), alpha=0.2, lw=0.8)
    axes.set_axisbelow(True)
    return drawn, axes


def legend_above(axes: "Axes", columns: int) -> None:
    """What the lines mean, above the chart, so that it hides none; nothing where there are none.

    Parameters:
        axes: of the chart.
        columns: entries side by side.
    """
    above = {"loc": "lower left", "bbox_to_anchor": (-0.02, 1.0), "columnspacing": 1.0}
    entries = len(axes.get_legend_handles_labels()[0])
    if entries:
        rows = -(-entries // columns)
        axes.figure.subplots_adjust(top=0.95 - LEGEND_ROW * rows)
        axes.legend(ncols=columns, handlelength=1.4, **above, **PLAIN)
