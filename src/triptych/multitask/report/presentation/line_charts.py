"""The charts of a report with lines: learning curves, reliability, precision over recall."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ....frame.drawing.colors import GROUND_TRUTH, MUTED, PALETTE, PREDICTION, Color, to_hex
from ..estimation.reliability import Reliability
from ..estimation.statistics import FoundOfClass
from .chart_style import legend_above, new_axes

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STYLES = ("-", "--", ":", "-.")
Style = dict[str, Any]
FEW = 40  # points of a line, up to which each has a dot


def curves(
    rows: Sequence[Mapping[str, float]],
    names: Sequence[str],
    *,
    colors: Mapping[str, Color],
    log: bool,
) -> "Figure":
    """Lines over epochs.

    Parameters:
        rows: of the history, in order, each with its epoch.
        names: of the columns that are drawn.
        colors: of heads, by name; others are muted.
        log: whether the axis is logarithmic.
    """
    drawn, axes = new_axes()
    drawn_of: Counter[str] = Counter()
    for name in names:
        pairs = [(row["epoch"], row[name]) for row in rows if name in row and "epoch" in row]
        pairs = [(x, y) for x, y in pairs if np.isfinite(y) and (y > 0 or not log)]
        whose = name.split("/")[0 if not name.endswith("/loss") else -2]
        color = to_hex(colors.get(whose, MUTED))
        style = STYLES[drawn_of[color] % len(STYLES)]
        drawn_of[color] += 1
        look: Style = {"color": color, "lw": 1.8, "label": name}
        dots: Style = {"marker": "o", "ms": 3} if len(pairs) <= FEW else {}
        axes.plot(*zip(*pairs) if pairs else ((), ()), style, **look, **dots)
    if log:
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter("{x:g}")
        axes.yaxis.set_minor_formatter("")
    axes.set_xlabel("epoch")
    legend_above(axes, columns=2)
    return drawn


def reliability_diagram(known: Reliability, before: Reliability | None = None) -> "Figure":
    """Accuracy over confidence: on the diagonal, what is said is true.

    Parameters:
        known: of the head as it answers.
        before: of its answers before its temperature was fitted.
    """
    drawn, axes = new_axes()
    axes.plot([0, 1], [0, 1], "--", color=to_hex(MUTED), lw=1, label="what is said is true")
    shares = known.counts / max(known.counts.sum(), 1)
    look: Style = {
        "align": "edge",
        "color": to_hex(MUTED),
        "alpha": 0.25,
        "label": "share of images",
    }
    axes.bar(known.edges[:-1], shares, np.diff(known.edges), **look)
    if before is not None:
        hollow: Style = {"mfc": "none", "color": to_hex(PREDICTION), "label": "uncalibrated"}
        axes.plot(before.confidence, before.accuracy, "s", ms=6, **hollow)
    solid: Style = {"color": to_hex(GROUND_TRUTH), "label": "as it answers"}
    axes.plot(known.confidence, known.accuracy, "o", ms=6, **solid)
    axes.set(xlim=(0, 1.02), ylim=(0, 1.02), xlabel="confidence", ylabel="share that is right")
    legend_above(axes, columns=2)
    return drawn


def precision_recall(found: Mapping[str, FoundOfClass]) -> "Figure":
    """Precision over recall at an overlap of one half, a line for each class.

    Parameters:
        found: what was found of each class, by its name; the dozen commonest are drawn.
    """
    drawn, axes = new_axes()
    common = sorted(found, key=lambda name: -int(found[name].there.sum()))[: len(PALETTE)]
    for number, name in enumerate(common):
        one = found[name]
        order = np.argsort(-one.scores, kind="stable")
        hits = one.right[order, 0].cumsum()
        told = (one.right[order, 0] | ~one.ignored[order, 0]).cumsum()
        recall, precision = hits / one.there.sum(), hits / np.maximum(told, 1)
        keep = np.unique(np.linspace(0, max(len(order) - 1, 0), 400).astype(int))[: len(order)]
        axes.plot(recall[keep], precision[keep], color=to_hex(PALETTE[number]), lw=1.6, label=name)
    axes.set(xlim=(0, 1.02), ylim=(0, 1.02), xlabel="recall", ylabel="precision")
    legend_above(axes, columns=3)
    return drawn
