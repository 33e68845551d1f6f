"""Sheets of images whose answers changed: what is true, and what two runs say."""

from collections.abc import Sequence

from jaxtyping import Int
from numpy import ndarray

from ....frame.drawing.html_page import ImageGrid
from ...heads._classification import ClassificationHead
from ..presentation.tiles import (
    Annotations,
    View,
    are_large,
    class_names,
    comparison_tiles,
    object_counts,
)
from .changes import HeadChanges
from .pairing import NamedMeasurement

TILES = 12  # of a sheet


def changed_grid(
    head: str,
    pair: tuple[NamedMeasurement, NamedMeasurement],
    changes: HeadChanges,
    rows: Int[ndarray, " some"],
    title: str,
) -> ImageGrid:
    """A sheet of images with what is true and what each of two runs says, of one head.

    Parameters:
        head: its name.
        pair: the baseline and another run, of the same images.
        changes: of the head.
        rows: numbers of images; the first of them are shown.
        title: above it; how many there are is added.
    """
    first = pair[0].seen
    single = isinstance(first.model.heads[head], ClassificationHead)
    shown = rows[:TILES].tolist()
    before, after = changes.before.score, changes.after.score

    def caption(place: int, truth: Annotations, said: Sequence[Annotations]) -> tuple[str, str]:
        row, name = shown[place], first.name(shown[place])
        if single:
            return " → ".join(map(class_names, said)), name
        scores = f"{before[row]:.2f} → {after[row]:.2f}"
        counts = [*map(object_counts, [truth, *said])]
        if any(counts):
            return " → ".join(counts), f"{scores} · {name}"
        return scores, name

    views = [View(one.seen.model, one.seen.dataset) for one in pair]
    tiles = comparison_tiles(views, first.split, shown, caption, only=head)
    many = f"{title}: {len(rows):,}" + (f", {len(shown)} shown" if len(rows) > len(shown) else "")
    large = are_large(first.dataset)
    return ImageGrid(tiles, many, compact=single or large, large=large and not single)
