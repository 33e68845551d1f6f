"""Warnings about a triplet training, each with a remedy."""

import math
from collections.abc import Sequence

FEW_ACTIVE, ALL_ACTIVE = 0.005, 0.95  # shares of active triplets: next to none, and next to all
AT_MARGIN = 0.9  # share of the margin: a loss above it says that friend and stranger are alike

Row = dict[str, float]  # of metrics.csv


def training_warnings(history: Sequence[Row], margin: float) -> tuple[str, ...]:
    """What is wrong with a training, by its epochs; nothing if it went well.

    Parameters:
        history: a row for each epoch, with the names that `TripletModule` logs.
        margin: of the triplet loss.
    """
    warnings = (diverged(history), collapsed(history, margin), overfitted(history))
    return tuple(note for note in warnings if note)


def diverged(history: Sequence[Row]) -> str:
    """A warning where a loss was not finite; else empty."""
    for row in history:
        if not math.isfinite(row.get("train/loss", 0.0)):
            return (
                f"Training diverged in epoch {row['epoch']:.0f}: the loss is no number. "
                "Lower --lr, or use --precision fp32."
            )
    return ""


def collapsed(history: Sequence[Row], margin: float) -> str:
    """A warning where at the end all vectors are alike, or all triplets as wrong as at the start;
    else empty.

    Parameters:
        history: a row for each epoch.
        margin: of the triplet loss.
    """
    last = history[-1] if history else {}
    active, loss = last.get("triplets/active", 0.0), last.get("train/loss", 0.0)
    distance = last.get("distance/different", math.inf)
    figures = (
        f"{active:.0%} of triplets violate the margin, the loss is {loss:.3g} at a margin of "
        f"{margin:g}, and different people are {distance:.2f} apart on average"
    )
    if last.get("triplets/collapsed", 0.0) > 0.5:
        since = next(row["epoch"] for row in history if row.get("triplets/collapsed", 0.0) > 0.5)
        return (
            f"Training collapsed in epoch {since:.0f}: all vectors became alike ({figures}). "
            "Lower --lr, or keep to semi-hard triplets for longer (--semihard 1)."
        )
    if active > ALL_ACTIVE and loss > AT_MARGIN * margin:
        return (
            f"Nothing was learnt: {figures}. Lower --lr, train for more --epochs, and look whether "
            "each folder holds photos of one person only."
        )
    return ""


def overfitted(history: Sequence[Row]) -> str:
    """A warning where hardly a triplet was left to learn from in the first half already; else
    empty.
    """
    half = history[: len(history) // 2]
    for row in half:
        if row.get("triplets/active", 1.0) < FEW_ACTIVE:
            return (
                f"From epoch {row['epoch']:.0f} on hardly a triplet was left to learn from "
                f"({row['triplets/active']:.1%} active). More people or more --people a batch, a "
                "larger --margin or stronger --turn, --shift and --light would teach more."
            )
    return ""
