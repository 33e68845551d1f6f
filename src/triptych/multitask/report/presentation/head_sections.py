"""What a report says of one head: charts and tables after the kind of the head."""

from collections.abc import Iterator, Mapping

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from ....frame.drawing.colors import Color
from ....frame.drawing.html_page import Image, Section, Table
from ..object_observation import DetectionObservation
from ..observation import ClassObservation, Observation, SemanticObservation, ShapeObservation
from .chart_style import axis_name, chart
from .charts import confusion_matrix, object_counts, overlap_by_size, overlap_histogram
from .line_charts import precision_recall, reliability_diagram

MOST_DRAWN = 100  # classes of a confusion matrix
MOST_ROWS = 100  # of a table of classes
CONFUSIONS = 12

Part = Table | Image
Overlaps = Mapping[str, Float[ndarray, " images"]]


def head_section(
    name: str, observation: Observation, color: Color, *, overlaps: Overlaps
) -> Section | None:
    """All about a head; None where there is no more than its figures.

    Parameters:
        name: of the head.
        observation: what it said about each image.
        color: of the head.
        overlaps: the overlaps of other heads, by name, told by class.
    """
    match observation:
        case ClassObservation():
            parts = [*_class_parts(observation, overlaps)]
            text = calibration_text(observation)
        case SemanticObservation():
            parts, text = [*_semantic_parts(name, observation, color)], ""
        case ShapeObservation():
            parts, text = [*_overlap_parts(name, observation, color)], ""
        case DetectionObservation():
            parts, text = [*_detection_parts(name, observation, color)], ""
        case _:
            return None
    return Section(name, [text] if text else [], parts) if parts else None


def calibration_text(observation: ClassObservation) -> str:
    """How far the probabilities of a head can be believed, in two sentences.

    Parameters:
        observation: of the head.
    """
    if not observation.present.any():
        return ""
    before, after = observation.reliabilities
    told = f"Expected calibration error {after.ece:.4f}"
    if observation.temperature == 1:
        return f"{told}; its probabilities are as the network gives them."
    fitted = f"its temperature of {observation.temperature:.2f} was fitted on validation images"
    return f"{told}; before {fitted} it was {before.ece:.4f}."


def _class_parts(seen: ClassObservation, overlaps: Overlaps) -> Iterator[Part]:
    if not seen.present.any():
        return
    counts = seen.confusion()
    if len(seen.names) <= MOST_DRAWN:
        yield chart(
            confusion_matrix(counts, seen.names),
            "Confusion matrix",
            "Confusion matrix: how often images of each class are taken for each.",
            "Rows: what is true. Columns: what it says. Darker: a larger share of the row.",
        )
    before, after = seen.reliabilities
    shown = before if seen.temperature != 1 else None
    yield chart(
        reliability_diagram(after, shown),
        f"Reliability: ECE {after.ece:.4f}",
        f"Reliability diagram; expected calibration error {after.ece:.4f}.",
        "Of the answers that are so sure, how many are right. Grey: the share of images that are "
        "so sure. 15 bins of equal width (Guo et al. 2017).",
    )
    yield _class_table(seen, counts, overlaps)
    wrong = counts * (1 - np.eye(len(counts), dtype=int))
    order = np.argsort(-wrong.ravel(), kind="stable")[:CONFUSIONS]
    rows = [
        (seen.names[t], seen.names[a], f"{wrong[t, a]:,}", f"{wrong[t, a] / counts[t].sum():.1%}")
        for t, a in zip(*np.unravel_index(order, wrong.shape))
        if wrong[t, a]
    ]
    if rows:
        yield Table(("truth", "answer", "images", "of the class"), rows, "Commonest confusions")


def _class_table(seen: ClassObservation, counts: ndarray, overlaps: Overlaps) -> Table:
    there, said, right = counts.sum(1), counts.sum(0), counts.diagonal()
    recall, precision = (
        np.divide(right, of, where=of > 0, out=np.full(len(of), np.nan)) for of in (there, said)
    )
    order = np.argsort(np.where(np.isfinite(recall), recall, 2), kind="stable")
    rows = []
    for number in order[:MOST_ROWS]:
        own = seen.truth == number
        means = [_number(_mean(values[own])) for values in overlaps.values()]
        both = there[number] + said[number]
        f1 = float(2 * right[number] / both) if both else float("nan")
        shares = [_number(float(value)) for value in (recall[number], precision[number], f1)]
        rows.append((seen.names[number], f"{there[number]:,}", *shares, *means))
    left = len(order) - len(rows)
    columns = ("class", "images", "recall", "precision", "F1", *overlaps)
    note = "The class with the lowest recall first."
    if overlaps:
        note += " The last columns are mean overlaps of other heads, by class."
    return Table(columns, rows, "Classes", note + (f" {left:,} more classes." if left else ""))


def _overlap_parts(name: str, seen: Observation, color: Color) -> Iterator[Image]:
    metric, values = next(iter(seen.per_image.items()))
    if not np.isfinite(values).any():
        return
    shown = axis_name(metric)
    yield chart(
        overlap_histogram(values, color, metric),
        f"{shown} of {name}",
        f"Histogram of the {shown} of {name} over images.",
    )
    if seen.sizes is not None:
        yield chart(
            overlap_by_size(values, seen.sizes, color, metric),
            f"{shown} of {name} by size",
            f"Mean {shown} of {name} over the size of what is true.",
            "Sixths of the images, the smallest first: mean, and its 95 % interval. Sizes are in "
            "pixels of the canvas: the root of an area, the diameter of a circle.",
        )


def _semantic_parts(name: str, seen: SemanticObservation, color: Color) -> Iterator[Part]:
    if seen.present.any():
        yield chart(
            overlap_histogram(seen.score, color, "IoU of the worst class"),
            f"IoU of the worst class: {name}",
            "Histogram over images of the IoU of the class that is worst in each.",
            "Of each image that class which overlaps least, but for the background.",
        )
    if seen.overlap.shape[1]:
        pairs = [(n, v) for n, v in zip(seen.names, seen.class_iou()) if np.isfinite(v)]
        pairs.sort(key=lambda pair: pair[1])
        rows = [(class_name, _number(value)) for class_name, value in pairs[:MOST_ROWS]]
        yield Table(("class", "IoU"), rows, "Classes", "Pooled over all images, the worst first.")


def _detection_parts(name: str, seen: DetectionObservation, color: Color) -> Iterator[Part]:
    found = seen.found()
    if not found:
        return
    yield chart(
        precision_recall(found),
        f"{name}: precision over recall",
        "Precision over recall of each class, at an overlap of one half.",
        "At IoU ≥ 0.5; the dozen commonest classes.",
    )
    yield chart(
        object_counts(seen.there.sum(1), seen.told.sum(1), color),
        f"{name}: how many",
        "How many objects are found over how many there are, a dot for images with the same.",
        "On the line the count is exact. Larger dots: more images.",
    )
    there, told = seen.there.sum(0), seen.told.sum(0)
    exact = (seen.there == seen.told)[seen.present].mean(0)
    order = np.argsort(-there, kind="stable")[:MOST_ROWS]
    rows = [
        (seen.names[n], f"{there[n]:,}", f"{told[n]:,}", f"{exact[n]:.1%}")
        for n in order
        if there[n] or told[n]
    ]
    note = "Objects in all images together; in how many images the count of the class is exact."
    yield Table(("class", "there", "found", "exact"), rows, f"{name}: counts", note)


def _mean(values: ndarray) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")


def _number(value: float) -> str:
    return f"{value:.4f}" if np.isfinite(value) else "–"
