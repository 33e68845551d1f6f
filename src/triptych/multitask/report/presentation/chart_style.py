"""How the charts of a report look, in light and in dark."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from ....frame.drawing.colors import DARK, LIGHT, Theme, to_hex
from ....frame.drawing.figures import figure, style_axes, to_bytes
from ....frame.drawing.html_page import Image

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TICKS = 10  # points: still to be read on a phone
PLAIN = {"frameon": False, "fontsize": 9}

Draw = Callable[[Theme], "Figure"]


def themed(draw: Draw, title: str, alt: str, note: str = "") -> Image:
    """A chart that is light or dark as the reader's system is.

    Parameters:
        draw: makes the figure in a theme.
        title: above it.
        alt: what is to be seen, for those who cannot see it.
        note: below it.
    """
    light, dark = (to_bytes(draw(theme), ".svg") for theme in (LIGHT, DARK))
    return Image(light, alt, title, note, dark=dark)


def new_axes(theme: Theme, width: float = 4.8, height: float = 3.6) -> "tuple[Figure, Axes]":
    """An empty chart in the style of a report.

    Parameters:
        theme: light or dark.
        width: in inches of 150 pixels, as is `height`.
    """
    drawn = figure(width, height, theme)
    axes = drawn.add_subplot()
    style_axes(axes, theme, ticks=TICKS)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color=to_hex(theme.muted), alpha=0.2, lw=0.8)
    axes.set_axisbelow(True)
    return drawn, axes


def legend_above(axes: "Axes", theme: Theme, *, columns: int) -> None:
    """What the lines mean, above the chart, so that it hides none.

    Parameters:
        axes: of the chart.
        theme: light or dark.
        columns: entries side by side.
    """
    above = {"loc": "lower left", "bbox_to_anchor": (-0.02, 1.0), "columnspacing": 1.0}
    axes.legend(ncols=columns, labelcolor=to_hex(theme.text), handlelength=1.4, **above, **PLAIN)
