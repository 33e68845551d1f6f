"""What long work says while it goes on; who listens is the door's business."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ProgressEvent:
    """`done` of `total` units of `task` are finished; `figures` say how it stands."""

    task: str
    done: int
    total: int
    metrics: dict[str, float] = field(default_factory=dict)


ProgressCallback = Callable[[ProgressEvent], None]


def no_progress(event: ProgressEvent) -> None:
    """The watcher that says nothing."""
