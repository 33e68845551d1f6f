"""Progress of long work, told to a callback that shows it: a bar on a terminal, else lines."""

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

SCIENTIFIC_FROM = 1e4  # losses from here on are printed in four digits
TRANSFER_METRICS = ("total", "content")
TRAINING_SET_SUFFIXES = ("/loss", "/train")  # measured on images trained on: not printed
QUIET_SECONDS = 15.0  # between two lines of a slow task, where stderr is no terminal


@dataclass(frozen=True)
class ProgressEvent:
    """How far a task is.

    Parameters:
        task: its name, the same in all its events.
        done: units finished so far, of `total`.
        metrics: the latest values by name, such as losses.
        epoch: of a training, from 1; 0 elsewhere.
        epochs: of the whole training; 0 elsewhere.
    """

    task: str
    done: int
    total: int
    metrics: dict[str, float] = field(default_factory=dict)
    epoch: int = 0
    epochs: int = 0


ProgressCallback = Callable[[ProgressEvent], None]
"""Called with each event, from the thread that works; it should return soon."""

ProgressLike = ProgressCallback | bool | None
"""What long work takes as `progress`: a callback; None for a bar where stderr is a terminal; True
for a bar there, and lines elsewhere; False for silence."""


def no_progress(event: ProgressEvent) -> None:
    """A callback that shows nothing."""


@contextmanager
def showing(progress: ProgressLike) -> Iterator[ProgressCallback]:
    """Gives the callback that `progress` stands for; a bar is closed at the end.

    Parameters:
        progress: a callback, None, True or False, as `ProgressLike` says.
    """
    if callable(progress):
        yield progress
    elif progress or (progress is None and _is_terminal()):
        with progress_bar() as callback:
            yield callback
    else:
        yield no_progress


@contextmanager
def progress_bar() -> Iterator[ProgressCallback]:
    """Gives a callback that shows a bar for each task on stderr.

    Where stderr is no terminal, it prints a line at each tenth of a task instead, and one now and
    then between.
    """
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
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
        TextColumn("{task.fields[left]}"),
        TextColumn("{task.fields[metrics]}"),
    )
    with Progress(*columns, console=console) as bars:
        tasks: dict[str, Any] = {}
        clock = _Clock()

        def show(event: ProgressEvent) -> None:
            if event.task not in tasks:
                tasks[event.task] = bars.add_task(
                    event.task, total=event.total, metrics="", left=""
                )
            bars.update(
                tasks[event.task],
                description=_named(event),
                completed=event.done,
                total=event.total,
                left=clock.left(event),
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


def format_seconds(seconds: float) -> str:
    """A time to wait, in words.

    >>> format_seconds(8.4), format_seconds(200), format_seconds(7260)
    ('8 s', '3 min 20 s', '2 h 01 min')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min"


class _Clock:
    """Tells the time left of each task from its pace since its first event."""

    def __init__(self) -> None:
        self.starts: dict[str, tuple[float, int]] = {}

    def left(self, event: ProgressEvent) -> str:
        now = time.monotonic()
        started, done = self.starts.setdefault(event.task, (now, event.done))
        if event.done <= done or event.done >= event.total or "seconds left" in event.metrics:
            return ""
        pace = (now - started) / (event.done - done)
        return f"{format_seconds(pace * (event.total - event.done))} left"


def _lines() -> ProgressCallback:
    shown: dict[str, tuple[int, float]] = {}
    clock = _Clock()

    def show(event: ProgressEvent) -> None:
        tenth, now = 10 * event.done // max(event.total, 1), time.monotonic()
        left = clock.left(event)
        last, at = shown.setdefault(event.task, (0, now))
        if last != tenth or now - at > QUIET_SECONDS:
            shown[event.task] = tenth, now
            words = " · ".join(filter(None, (left, format_metrics(event.metrics))))
            step = "step " if event.epochs else ""
            line = f"{_named(event)} {step}{event.done}/{event.total} {words}".rstrip()
            with suppress(OSError):  # a closed stderr is no error
                print(line, file=sys.stderr, flush=True)

    return show


def _named(event: ProgressEvent) -> str:
    return f"{event.task} epoch {event.epoch}/{event.epochs}" if event.epochs else event.task


def _is_terminal() -> bool:
    try:
        return sys.stderr.isatty()
    except (AttributeError, ValueError):  # none, or closed
        return False


def _format_loss(value: float) -> str:
    """A loss in a few digits, however large.

    >>> _format_loss(0.25), _format_loss(2.7e28)
    ('0.250', '2.7e+28')
    """
    return f"{value:.3f}" if abs(value) < SCIENTIFIC_FROM else f"{value:.4g}"
