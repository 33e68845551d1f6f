"""The parts of a report with pictures: answers beside the truth, what is strange, the network."""

from typing import Any

import numpy as np
from jaxtyping import Int
from numpy import ndarray

from ....frame.drawing.html_page import Image, ImageGrid, Section, Table
from ..measurement import Measurement
from .tiles import comparison_tiles

TILES = 12  # images of a sheet
STRANGE = 8
NO_BREAK = "\xa0"  # a space within which lines do not end


def answers_section(seen: Measurement) -> Section:
    """Sheets of the worst, random and the best answers beside the truth.

    Parameters:
        seen: the run, measured.
    """
    order = worst_first(seen)
    drawn = np.random.default_rng(0).permutation(len(order))[:TILES]
    random = np.sort(order[drawn])
    sheets = [("Worst", order[:TILES]), ("Random", random), ("Best", order[::-1][:TILES])]
    parts = [
        ImageGrid(sheet(seen, rows), title, compact=True) for title, rows in sheets if len(rows)
    ]
    text = (
        "Left, in blue, what is true; right, in vermilion, what it says. Worst and best are by the "
        "mean over heads: 1 for a right class, the overlap of a place."
    )
    return Section("Answers beside the truth", [text], parts)


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
    return comparison_tiles([seen.model], seen.dataset, seen.split, rows.tolist(), notes)


def strange_section(seen: Measurement) -> Section:
    """The images least like those it learned from, and how long an answer takes.

    Parameters:
        seen: the run, measured.
    """
    parts: list[Any] = []
    if seen.novelty.any():
        rows = np.argsort(-seen.novelty, kind="stable")[:STRANGE]
        parts.append(
            ImageGrid(sheet(seen, rows, "novelty {novelty:.2f}"), "Strangest", compact=True)
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
    facts += [(f"slowest: image {row:,}", f"{milliseconds[row]:.1f} ms") for row in slow.tolist()]
    place = seen.dataset.device.type
    parts.append(Table(("", "one image alone"), facts, f"Time of an answer on this {place}"))
    share = float((seen.novelty > 1).mean())
    text = (
        f"Novelty is above 1 for one of a hundred validation images; here for {share:.1%}. "
        "It is the distance of an image's features from those learned (Lee et al. 2018)."
    )
    return Section("Strangest and slowest", [text], parts)


def network_section(seen: Measurement) -> Section | None:
    """The picture of the network; None where the run has none.

    Parameters:
        seen: the run, measured.
    """
    path = seen.folder / "network.svg"
    if not path.is_file():
        return None
    picture = Image(path.read_bytes(), "The network: backbone and heads.")
    return Section("The network", parts=[ImageGrid([picture], wide=True)])
