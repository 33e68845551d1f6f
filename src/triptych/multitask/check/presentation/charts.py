"""The chart of a check: how many there are of each class."""

from collections.abc import Sequence

from ....frame.drawing.colors import DARK, GREEN, LIGHT, ORANGE, SKY, Theme, to_hex
from ....frame.drawing.figures import figure, style_axes, to_bytes
from ....frame.drawing.html_page import Image
from ...structures.split import SPLITS
from ..summary import Summary

BARS = 24  # classes that are drawn
COLORS = dict(zip(SPLITS, (SKY, ORANGE, GREEN)))


def class_chart(summary: Summary, ordered: Sequence[str]) -> Image:
    """Bars of the commonest classes, a part for each split.

    Parameters:
        summary: of the set.
        ordered: the names of the classes, the commonest first.
    """
    shown = [*ordered[:BARS]]
    light, dark = (_draw(summary, shown, theme) for theme in (LIGHT, DARK))
    left = len(ordered) - len(shown)
    note = f"The {len(shown)} commonest of {len(ordered)} classes." if left else ""
    alt = f"Bars: {summary.counted} of each class, by split."
    return Image(light, alt, note=note, dark=dark)


def _draw(summary: Summary, shown: Sequence[str], theme: Theme) -> bytes:
    drawing = figure(9.5, 0.7 + 0.24 * len(shown), theme)
    axes = drawing.add_subplot()
    places = [*range(len(shown))]
    reached = [0] * len(shown)
    for split, color in COLORS.items():
        counts = [summary.classes[name][split] for name in shown]
        if any(counts):
            bars = {"height": 0.72, "color": to_hex(color), "label": split}
            axes.barh(places, counts, left=reached, **bars)
        reached = [so_far + count for so_far, count in zip(reached, counts)]
    names = [name if len(name) < 32 else f"…{name[-30:]}" for name in shown]
    axes.set_yticks(places, [name.replace("$", r"\$") for name in names])
    axes.invert_yaxis()
    axes.margins(y=0.02)
    axes.set_xlim(0, max(*reached, 1) * 1.1)
    for place, total in zip(places, reached):
        axes.text(total, place, f" {total:,}", va="center", fontsize=8, color=to_hex(theme.muted))
    style_axes(axes, theme)
    axes.spines[["top", "right", "bottom"]].set_visible(False)
    axes.xaxis.set_visible(False)
    axes.legend(
        loc="lower right", frameon=False, fontsize=8, labelcolor=to_hex(theme.text), ncols=3
    )
    return to_bytes(drawing, ".svg")
