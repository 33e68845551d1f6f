"""What a comparison says of one head: charts, tables, and pictures whose answers changed."""

from collections.abc import Iterator, Sequence

import numpy as np

from ....frame.drawing.colors import Color
from ....frame.drawing.html_page import Image, ImageGrid, Section, Table
from ...heads._colors import head_colors
from ..object_observation import DetectionObservation
from ..observation import ClassObservation, SemanticObservation, ShapeObservation
from ..presentation.chart_style import chart
from ..presentation.tiles import are_large
from .changes import HeadChanges
from .charts import gains, overlaps
from .pairing import NamedMeasurement, RunComparison
from .pictures import changed_grid
from .wording import signed

MOST_ROWS = 60  # of a table of classes


def head_sections(
    first: NamedMeasurement, other: NamedMeasurement, pair: RunComparison, *, named: bool
) -> Iterator[Section]:
    """What changed in each head: charts or a table, then pictures that became better and worse.

    Parameters:
        first: the baseline.
        other: another run.
        pair: that run beside the baseline.
        named: whether titles name the run.
    """
    colors = head_colors(dict(first.seen.model.heads))
    for name, one in pair.changes.items():
        title = f"{other.name}: {name}" if named else name
        if not (len(one.better) or len(one.worse)):
            yield Section(title, ["No answer changed."])
            continue
        is_class = isinstance(one.before, ClassObservation)
        words = ("Became right", "Became wrong") if is_class else ("Better", "Worse")
        runs = first.name, other.name
        parts: list[Table | Image | ImageGrid] = [*_class_table(one, runs)]
        parts += [] if is_class else _score_charts(name, one, runs, colors[name])
        parts += _class_overlaps(one, runs)
        for word, rows in zip(words, (one.better, one.worse)):
            if len(rows):
                parts.append(changed_grid(name, (first, other), one, rows, word))
        yield Section(title, [_pictures_text(one, first, other)], parts)


def _score_charts(
    name: str, one: HeadChanges, names: tuple[str, str], color: Color
) -> Sequence[Image]:
    metric = _score_name(one)
    same = int((one.gain == 0).sum())
    unchanged = f"{same:,} images that did not change are left out. " if same else ""
    both = overlaps(one.before.score, one.after.score, names, color, metric)
    return [
        chart(
            both,
            f"{metric} of {name}",
            f"Histograms of the {metric} of {name} in both runs.",
            f"Outlined: {names[0]}, the baseline.",
        ),
        chart(
            gains(one.gain, color, metric),
            f"Change of the {metric} of {name}",
            f"Histogram of the change of the {metric} of {name} of each image.",
            unchanged + "The half percent of images that changed most is at the ends.",
        ),
    ]


def _score_name(one: HeadChanges) -> str:
    """What the score of an image is called, where it is no class."""
    match one.before:
        case ShapeObservation():
            return "IoU"
        case SemanticObservation():
            return "IoU of the worst class"
        case DetectionObservation():
            return "F-measure"
    return "score"


def _pictures_text(one: HeadChanges, first: NamedMeasurement, other: NamedMeasurement) -> str:
    runs = f"{first.name} → {other.name}"
    if isinstance(one.before, ClassObservation):
        return (
            f"Above each image: {runs}, how sure in brackets. Those whose probability of the "
            "right class changed most come first."
        )
    side = "above" if are_large(first.seen.dataset) else "on the left"
    return (
        f"What is true is {side}, in blue or with a blue bar; then {first.name}, then "
        f"{other.name}, in vermilion. The numbers are the {_score_name(one)}, {runs}; those that "
        "changed most come first."
    )


def _class_table(one: HeadChanges, names: tuple[str, str]) -> Iterator[Table]:
    """Of a head that chooses a class, the recall of each in both runs, the most changed first."""
    before = one.before
    if not isinstance(before, ClassObservation):
        return
    size = len(before.names)
    there, lost, gained = (
        np.bincount(before.truth[rows], minlength=size)
        for rows in (np.flatnonzero(one.known), one.lost, one.gained)
    )
    right = [np.bincount(before.truth[one.known & each], minlength=size) for each in one.right]
    order = np.argsort(-abs(gained - lost), kind="stable")
    rows = [
        (
            before.names[n],
            f"{there[n]:,}",
            *(f"{each[n] / there[n]:.1%}" for each in right),
            f"{lost[n]:,}",
            f"{gained[n]:,}",
        )
        for n in order
        if there[n]
    ]
    columns = ("class", "images", *(f"recall, {name}" for name in names))
    note = "The class whose number of right answers changed most first."
    note += f" {len(rows) - MOST_ROWS:,} more classes." if len(rows) > MOST_ROWS else ""
    yield Table((*columns, "right → wrong", "wrong → right"), rows[:MOST_ROWS], "Classes", note)


def _class_overlaps(one: HeadChanges, names: tuple[str, str]) -> Iterator[Table]:
    """The IoU of each class of a class map in both runs, the greatest change first."""
    before, after = one.before, one.after
    if not (isinstance(before, SemanticObservation) and isinstance(after, SemanticObservation)):
        return
    if not (before.overlap.shape[1] and after.overlap.shape[1]):
        return  # so many classes and images that they were not kept
    pairs = zip(before.names, before.class_iou(), after.class_iou())
    known = [(name, a, b) for name, a, b in pairs if np.isfinite(a) and np.isfinite(b)]
    known.sort(key=lambda row: -abs(row[2] - row[1]))
    rows = [(name, f"{a:.4f}", f"{b:.4f}", signed(b - a)) for name, a, b in known[:MOST_ROWS]]
    note = "Pooled over all images; the class that changed most first."
    columns = ("class", *(f"IoU, {name}" for name in names), "difference")
    yield Table(columns, rows, "Classes", note)
