"""The parts of a report with pictures: answers beside the truth, what is strange, the network."""

from typing import Any

import numpy as np
from jaxtyping import Int
from numpy import ndarray

from ....frame.drawing.html_page import Image, ImageGrid, Section, Table
from ..measurement import Measurement
from .tiles import NO_BREAK, View, answer_caption, are_large, comparison_tiles

TILES = 12  # images of a sheet
STRANGE = 8


def answers_section(seen: Measurement) -> Section:
    """Sheets of the worst, random and the best answers beside the truth.

    Parameters:
        seen: the run, measured.
    """
    order = worst_first(seen)
    drawn = np.random.default_rng(0).permutation(len(order))[:TILES]
    random = np.sort(order[drawn])
    sheets = [("Worst", order[:TILES]), ("Random", random), ("Best", order[::-1][:TILES])]
    parts = [image_grid(seen, rows, title) for title, rows in sheets if len(rows)]
    first, second = ("above", "below") if are_large(seen.dataset) else ("left", "right")
    text = (
        f"What is true is {first}, in blue or with a blue bar; what it says is {second}, in "
        "vermilion. Worst and best are by the mean score of the heads: 1 for a right class, the "
        "IoU of a place, of a class map that of its worst class, of many objects the F-measure."
    )
    return Section("Answers beside the truth", [text], parts)


def image_grid(
    seen: Measurement, rows: Int[ndarray, " some"], title: str, note: str = ""
) -> ImageGrid:
    """A sheet of images, each with its truth, its answer and its scores.

    Parameters:
        seen: the run, measured.
        rows: numbers of images.
        title: above it.
        note: as `sheet` takes it.
    """
    return ImageGrid(sheet(seen, rows, note), title, compact=True, large=are_large(seen.dataset))


def worst_first(seen: Measurement) -> Int[ndarray, " images"]:
    """The numbers of the images with a target, the worst answers first.

    Parameters:
        seen: the run, measured.
    """
    means = seen.mean_scores
    known = np.flatnonzero(np.isfinite(means))
    return known[np.argsort(means[known], kind="stable")]


def sheet(seen: Measurement, rows: Int[ndarray, " some"], note: str = "") -> list[Image]:
    """Tiles of some images, with the score of each head below.

    Parameters:
        seen: the run, measured.
        rows: numbers of images.
        note: said before the scores, with {row} for the number and {novelty}.
    """
    notes = []
    for row in rows.tolist():
        said = note.format(row=row, novelty=seen.novelty[row])
        scores = [f"{n} {s[row]:.2f}" for n, s in seen.scores.items() if np.isfinite(s[row])]
        parts = [part.replace(" ", NO_BREAK) for part in (said, *scores) if part]
        notes.append(" · ".join([*parts, seen.name(row)]))
    views = [View(seen.model, seen.dataset)]
    return comparison_tiles(views, seen.split, rows.tolist(), answer_caption(notes))


def strange_section(seen: Measurement) -> Section:
    """The images least like those it learned from, and how long an answer takes.

    Parameters:
        seen: the run, measured.
    """
    parts: list[Any] = []
    text = ""
    if seen.novelty.any():
        rows = np.argsort(-seen.novelty, kind="stable")[:STRANGE]
        parts.append(image_grid(seen, rows, "Strangest", "novelty {novelty:.2f}"))
        share = float((seen.novelty > 1).mean())
        text = (
            f"Novelty is above 1 for one of a hundred validation images; here for {share:.1%}. "
            "It is the distance of an image's features from those learned (Lee et al. 2018)."
        )
    milliseconds = 1000 * seen.seconds
    slow = np.argsort(-milliseconds, kind="stable")[:3]
    facts = [
        (f"{name} of the first {len(milliseconds)}", f"{value:.1f} ms")
        for name, value in (
            ("median", np.median(milliseconds)),
            ("95 of 100", np.quantile(milliseconds, 0.95)),
        )
    ]
    facts += [
        (f"slowest: {seen.name(row)}", f"{milliseconds[row]:.1f} ms") for row in slow.tolist()
    ]
    place = seen.dataset.device.type
    parts.append(Table(("", "one image alone"), facts, f"Time of an answer on this {place}"))
    return Section("Strangest and slowest", [text] if text else [], parts)


def network_section(seen: Measurement) -> Section:
    """The network: what it is, what it costs, and its picture where the run has one.

    Parameters:
        seen: the run, measured.
    """
    parameters = sum(each.numel() for each in seen.model.parameters())
    begun = ", begun with published weights" if seen.record["plan"].get("pretrained") else ""
    cost = seen.record.get("network", {})
    rows = [
        ("backbone", f"{seen.model.backbone_name}{begun}"),
        ("heads", ", ".join(seen.model.heads)),
        ("parameters", f"{parameters:,}"),
        *([("multiply-adds an image", f"{cost['multiply_adds']:,}")] if cost else []),
    ]
    parts: list[Any] = [Table(("", ""), rows)]
    path = seen.folder / "network.svg"
    if path.is_file():
        picture = Image(path.read_bytes(), "The network: backbone and heads.")
        parts.append(ImageGrid([picture], wide=True))
    return Section("The network", parts=parts)
