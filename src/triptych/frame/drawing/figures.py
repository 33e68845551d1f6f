"""Matplotlib figures in one style, without windows, saved as PNG or SVG."""

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ConfigError
from ..storage.files import write_bytes
from .colors import LIGHT, Theme, to_hex

if TYPE_CHECKING:  # matplotlib takes a quarter of a second to import
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SUFFIXES = (".png", ".svg")
TICK_LABEL_SIZE = 8.5  # points: the size of numbers beside an axis


def figure(width: float, height: float, theme: Theme = LIGHT) -> "Figure":
    """An empty figure.

    Parameters:
        width: in inches of 150 pixels, as is `height`.
        theme: of its background.
    """
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    spaced = ConstrainedLayoutEngine(w_pad=0.15, h_pad=0.15)
    # a Figure of its own, not pyplot's: no window, nothing to close, no state shared by threads
    return Figure((width, height), dpi=150, facecolor=to_hex(theme.background), layout=spaced)


def style_axes(axes: "Axes", theme: Theme = LIGHT, *, ticks: float = TICK_LABEL_SIZE) -> None:
    """Give axes muted numbers and labels and no tick marks, so that the data stand out.

    Parameters:
        axes: of Matplotlib.
        theme: light or dark.
        ticks: size of the numbers in points.
    """
    axes.set_facecolor(to_hex(theme.background))
    axes.spines[:].set_color(to_hex(theme.muted))
    axes.xaxis.label.set_color(to_hex(theme.muted))
    axes.yaxis.label.set_color(to_hex(theme.muted))
    axes.tick_params(which="both", length=0, colors=to_hex(theme.muted), labelsize=ticks)


def to_bytes(figure: "Figure", suffix: str) -> bytes:
    """A figure as a file, the same bytes each time; `suffix` is ".png" or ".svg".

    Parameters:
        figure: of Matplotlib.
        suffix: ".png" or ".svg".
    """
    from matplotlib import rc_context

    metadata = {"Date": None} if suffix == ".svg" else {}
    content = BytesIO()
    with rc_context({"svg.hashsalt": "triptych"}):
        figure.savefig(content, format=suffix[1:], metadata=metadata)
    return content.getvalue()


def save(figure: "Figure", path: str | Path) -> None:
    """Write a figure whole or not at all.

    Parameters:
        figure: of Matplotlib.
        path: of the file; its ending says the format.

    Raises ConfigError for a name that ends neither in .png nor in .svg, WriteError as
    `files.atomic_write` does.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        raise ConfigError(
            f"Expected a name ending in {' or '.join(SUFFIXES)}, got {path}. Rename it."
        )
    write_bytes(path, to_bytes(figure, suffix))
