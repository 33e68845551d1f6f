"""`python -m benchmarks`: measure on this machine, and print tables or JSON."""

import json as json_module
import sys
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from triptych.multitask import DATASETS

from .augmentation import augmentation
from .detection import detection
from .drawing import drawing
from .encoding import encoding
from .gallery import gallery
from .machine import machine
from .memory import memory
from .opening import opening
from .overhead import overhead
from .postgres import postgres
from .speed import speed
from .style import sizes, style

SUBJECTS = (
    *("opening", "drawing", "overhead", "speed", "encoding", "gallery", "postgres"),
    *("detection", "style", "sizes", "memory", "augmentation"),
)


def main(
    subjects: Annotated[list[str] | None, typer.Argument(help=", ".join(SUBJECTS))] = None,
    dataset: Annotated[list[str] | None, typer.Option(help="Only these; may be repeated.")] = None,
    source: Annotated[
        str | None, typer.Option(help="As in `triptych train`; for `encoding` a folder of people.")
    ] = None,
    steps: Annotated[int, typer.Option(min=1, help="Training steps a measurement.")] = 60,
    rounds: Annotated[int, typer.Option(min=1, help="Measurements of each kind.")] = 5,
    features: Annotated[str, typer.Option(help="Network of style's measures.")] = "vgg19-small",
    photos: Annotated[int, typer.Option(min=1000, help="Enrolled in the gallery.")] = 1_000_000,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure how fast it is. Let nothing else run meanwhile."""
    wanted = subjects or list(SUBJECTS)
    for subject in wanted:
        if subject not in SUBJECTS:
            raise typer.BadParameter(f"Expected {', '.join(SUBJECTS)}, got '{subject}'.")
    names = dataset or list(DATASETS)
    measures: dict[str, Any] = {
        "opening": lambda: opening(rounds),
        "drawing": lambda: drawing(rounds),
        "overhead": lambda: overhead(names, source, steps),
        "speed": lambda: speed(names, source, steps, rounds),
        "encoding": lambda: encoding(source, rounds),
        "detection": detection,
        "gallery": lambda: gallery(photos, rounds),
        "postgres": lambda: postgres(min(photos, 100_000), rounds),
        "style": lambda: style(features),
        "sizes": lambda: sizes(features),
        "memory": lambda: memory(features),
        "augmentation": lambda: augmentation(rounds),
    }
    about = machine()
    found: dict[str, Any] = {"machine": about}
    for subject in wanted:
        found[subject] = measures[subject]()
        if not json:
            _table(subject, found[subject])
    if json:
        print(json_module.dumps(found, indent=2))
    else:
        print(", ".join(f"{name} {value}" for name, value in about.items()))


def _table(title: str, rows: list[dict[str, Any]]) -> None:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    columns = list(dict.fromkeys(name for row in rows for name in row))
    for name in columns:
        table.add_column(name, justify="left" if isinstance(rows[0][name], str) else "right")
    for row in rows:
        table.add_row(*(str(row.get(name, "")) for name in columns))
    Console(width=None if sys.stdout.isatty() else 140).print(table)


if __name__ == "__main__":
    typer.run(main)
