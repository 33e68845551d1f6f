"""Progress of long work, told to a callback that knows how to show it."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ProgressEvent:
    """How far a task is.

    Parameters:
        task: its name, the same in all its events.
        done: units finished so far, of `total`.
        metrics: the latest values by name, such as losses.
    """

    task: str
    done: int
    total: int
    metrics: dict[str, float] = field(default_factory=dict)


ProgressCallback = Callable[[ProgressEvent], None]
"""Called with each event, from the thread that works; it should return soon."""


def no_progress(event: ProgressEvent) -> None:
    """A callback that shows nothing."""
