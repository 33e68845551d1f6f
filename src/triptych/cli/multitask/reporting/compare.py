"""`triptych compare`: runs beside each other on the same images."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ... import console
from ...parsing import parse_split

if TYPE_CHECKING:
    from rich.table import Table

    from ....multitask.report.comparison.compare import Comparison
    from ....multitask.report.comparison.pairing import RunComparison

PAGE = "compare.html"
STYLES = {"better": "green", "worse": "red", "": "dim"}
PLAIN: dict[str, Any] = {
    "title_justify": "left",
    "title_style": "bold",
    "box": None,
    "pad_edge": False,
}


def compare_runs(
    runs: Sequence[Path], to: Path, split: str, *, source: str | None, device: str, json: bool
) -> None:
    """Compare runs with the first of them, write the page, and print the differences.

    Parameters:
        runs: the run folders, the baseline first.
        to: the page to write.
        split: "train", "validation" or "test".
        source: where the images are now, if they have moved.
        device: "auto", "cpu", "cuda" …
        json: print the differences as JSON.
    """
    from .... import multitask

    with console.progress_bar() as progress:
        done = multitask.compare(
            runs,
            to=to,
            split=parse_split(split),
            source=source,
            device=device,
            progress=progress,
        )
    if json:
        console.print_json(done.to_dict())
    else:
        _print(done)
    console.log(f"Written: {to}")


def _print(done: "Comparison") -> None:
    from rich.console import Console
    from rich.text import Text

    screen = Console(soft_wrap=not sys.stdout.isatty(), highlight=False)
    name = console.printable(done.name)
    for pair in done.comparisons:
        other = console.printable(pair.name)
        title = f"{other} against {name}: {done.images:,} {done.split} images of {done.dataset}"
        screen.print(Text(console.printable(title), "bold"))
        screen.print()
        screen.print(_figures(pair, name))
        screen.print()
        screen.print(_changes(pair))
        for head, why in pair.not_compared.items():
            screen.print(Text(console.printable(f"Not compared: {head}, for {why}.")))
        screen.print()


def _figures(pair: "RunComparison", baseline: str) -> "Table":
    from rich.table import Table
    from rich.text import Text

    from ....multitask.report.comparison.wording import interval, signed

    grid = Table(**PLAIN)
    grid.add_column("figure", overflow="fold")
    for heading in (baseline, console.printable(pair.name), "difference", "95 % interval"):
        grid.add_column(Text(heading), justify="right")
    grid.add_column("")
    for name, one in pair.figures.items():
        cells = f"{one.baseline:.4f}", f"{one.value:.4f}", signed(one.difference.value)
        said = Text(one.verdict, STYLES[one.verdict])
        ends = interval(one.difference) or "–"
        grid.add_row(Text(console.printable(name)), *cells, ends, said)
    return grid


def _changes(pair: "RunComparison") -> "Table":
    from rich.table import Table
    from rich.text import Text

    from ....multitask.report.comparison.wording import CHANGES, probability

    grid = Table(**PLAIN)
    grid.add_column("right where", overflow="fold")
    for heading in (*CHANGES.values(), "p"):
        grid.add_column(heading, justify="right")
    for name, one in pair.changes.items():
        counts = one.counts()
        cells = [f"{counts[each]:,}" for each in CHANGES]
        what = Text(console.printable(f"{name}: {one.criterion}"))
        grid.add_row(what, *cells, probability(one.p))
    return grid
