"""The terminal: answers go to stdout, everything else to stderr."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from ..frame.progress import ProgressCallback, ProgressEvent

SCIENTIFIC_FROM = 1e4  # losses from here on are printed in four digits
TRANSFER_METRICS = ("total", "content")
TRAINING_SET_SUFFIXES = ("/loss", "/train")  # measured on images trained on: not printed


def print_json(value: object) -> None:
    """Print a value as JSON on stdout."""
    print(json.dumps(value, indent=2, ensure_ascii=False))


def log(text: str) -> None:
    """Print a line on stderr. A closed or broken stderr is no error."""
    with suppress(OSError):
        print(text, file=sys.stderr, flush=True)


def print_table(
    title: str,
    rows: Mapping[str, Any],
    *,
    notes: Mapping[str, str] | None = None,
    header: tuple[str, str] = ("figure", "value"),
) -> None:
    """Print names and values in columns on stdout.

    Parameters:
        title: printed above.
        rows: values by name; fractions are printed with four digits.
        notes: what each name means, in a third column.
        header: of the first two columns.
    """
    from rich.console import Console
    from rich.table import Table

    grid = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    grid.add_column(header[0])
    grid.add_column(header[1], justify="right")
    if notes:
        grid.add_column("what it means", style="dim")
    for name, value in rows.items():
        shown = f"{value:.4f}" if isinstance(value, float) else str(value)
        grid.add_row(name, shown, *([notes.get(name, "")] if notes else []))
    Console(soft_wrap=not sys.stdout.isatty()).print(grid)


@contextmanager
def progress_bar() -> Iterator[ProgressCallback]:
    """Gives a callback that shows a bar for each task on stderr.

    Where stderr is no terminal, it prints a line at each tenth of a task instead.
    """
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
        yield _log_progress()
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=28),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[metrics]}"),
    )
    with Progress(*columns, console=console) as bars:
        tasks: dict[str, Any] = {}

        def show(event: ProgressEvent) -> None:
            if event.task not in tasks:
                tasks[event.task] = bars.add_task(event.task, total=event.total, metrics="")
            bars.update(
                tasks[event.task],
                completed=event.done,
                total=event.total,
                metrics=format_metrics(event.metrics),
            )

        yield show


def format_metrics(metrics: Mapping[str, float]) -> str:
    """The metrics that say most, in one short line.

    Of a training these are its loss and what was measured on held-out images; of a style transfer
    the seconds left, the total loss and its parts.

    >>> format_metrics({"train/loss": 0.5, "val/loss": 0.4, "digit/loss": 0.4, "circle/iou": 0.9})
    'loss 0.500 · circle/iou 0.9000'
    >>> format_metrics({"train/loss": 0.5, "style/train": 0.3, "style/val": 0.2})
    'loss 0.500 · style/val 0.2000'
    >>> format_metrics({"seconds left": 12.3, "total": 0.5, "style/relu1_1": 0.125})
    '12 s left · total 0.500 · relu1_1 0.125'
    """
    shown = [f"loss {value:.3f}" for name, value in metrics.items() if name == "train/loss"]
    for name, value in metrics.items():
        if name == "seconds left":
            shown.append(f"{value:.0f} s left")
        elif name.endswith(TRAINING_SET_SUFFIXES):
            continue
        elif name in TRANSFER_METRICS or (name.startswith("style/") and not name.endswith("/val")):
            shown.append(f"{name.removeprefix('style/')} {_format_loss(value)}")
        elif "/" in name:
            shown.append(f"{name} {value:.4f}")
    return " · ".join(shown)


def _format_loss(value: float) -> str:
    """A loss in a few digits, however large.

    >>> _format_loss(0.25), _format_loss(2.7e28)
    ('0.250', '2.7e+28')
    """
    return f"{value:.3f}" if abs(value) < SCIENTIFIC_FROM else f"{value:.4g}"


def _log_progress() -> ProgressCallback:
    tenths: dict[str, int] = {}

    def show(event: ProgressEvent) -> None:
        tenth = 10 * event.done // max(event.total, 1)
        if tenths.get(event.task, 0) != tenth:
            tenths[event.task] = tenth
            metrics = format_metrics(event.metrics)
            log(f"{event.task} {event.done}/{event.total} {metrics}".rstrip())

    return show
