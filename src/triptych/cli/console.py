"""How the terminal is spoken to: answers on stdout, talk on stderr."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from ..frame.progress import ProgressCallback, ProgressEvent

LARGE = 1e4  # costs from here on are told in four digits
PAINTED = ("total", "content")
LEARNT = ("/loss", "/train")  # told of the data learnt from


def answer(value: object) -> None:
    """Print a value as JSON on stdout."""
    print(json.dumps(value, indent=2, ensure_ascii=False))


def note(text: str) -> None:
    """Say something on stderr, if anybody listens: nothing ends because it cannot be told."""
    with suppress(OSError):
        print(text, file=sys.stderr, flush=True)


def table(
    title: str,
    rows: Mapping[str, Any],
    *,
    notes: Mapping[str, str] | None = None,
    heads: tuple[str, str] = ("figure", "value"),
) -> None:
    """Print names and figures in columns on stdout, each with its note."""
    from rich.console import Console
    from rich.table import Table

    grid = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    grid.add_column(heads[0])
    grid.add_column(heads[1], justify="right")
    if notes:
        grid.add_column("what it means", style="dim")
    for name, value in rows.items():
        shown = f"{value:.4f}" if isinstance(value, float) else str(value)
        grid.add_row(name, shown, *([notes.get(name, "")] if notes else []))
    Console(soft_wrap=not sys.stdout.isatty()).print(grid)


@contextmanager
def watching() -> Iterator[ProgressCallback]:
    """A watcher that shows a bar for each task on stderr; without a terminal, a line a tenth."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    if not console.is_terminal:
        yield _lines()
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=28),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[figures]}"),
    )
    with Progress(*columns, console=console) as progress:
        tasks: dict[str, Any] = {}

        def watch(step: ProgressEvent) -> None:
            if step.task not in tasks:
                tasks[step.task] = progress.add_task(step.task, total=step.total, figures="")
            progress.update(
                tasks[step.task],
                completed=step.done,
                total=step.total,
                figures=figures_line(step.metrics),
            )

        yield watch


def figures_line(figures: Mapping[str, float]) -> str:
    """The figures that say most, shortly: of a training the loss and what was measured on held-out
    data, of a painting the seconds left, the total and its parts.

    >>> figures_line({"train/loss": 0.5, "val/loss": 0.4, "digit/loss": 0.4, "circle/iou": 0.9})
    'loss 0.500 · circle/iou 0.9000'
    >>> figures_line({"train/loss": 0.5, "style/train": 0.3, "style/val": 0.2})
    'loss 0.500 · style/val 0.2000'
    >>> figures_line({"seconds left": 12.3, "total": 0.5, "content": 0.25, "style/relu1_1": 0.125})
    '12 s left · total 0.500 · content 0.250 · relu1_1 0.125'
    """
    shown = [f"loss {value:.3f}" for name, value in figures.items() if name == "train/loss"]
    for name, value in figures.items():
        if name == "seconds left":
            shown.append(f"{value:.0f} s left")
        elif name.endswith(LEARNT):
            continue
        elif name in PAINTED or (name.startswith("style/") and not name.endswith("/val")):
            shown.append(f"{name.removeprefix('style/')} {_short(value)}")
        elif "/" in name:
            shown.append(f"{name} {value:.4f}")
    return " · ".join(shown)


def _short(value: float) -> str:
    """A cost in a few digits, however large.

    >>> _short(0.25), _short(2.7e28)
    ('0.250', '2.7e+28')
    """
    return f"{value:.3f}" if abs(value) < LARGE else f"{value:.4g}"


def _lines() -> ProgressCallback:
    told: dict[str, int] = {}

    def watch(step: ProgressEvent) -> None:
        tenth = 10 * step.done // max(step.total, 1)
        if told.get(step.task, 0) != tenth:
            told[step.task] = tenth
            note(f"{step.task} {step.done}/{step.total} {figures_line(step.metrics)}".rstrip())

    return watch
