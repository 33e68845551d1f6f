"""What long work says while it goes on; who listens is the door's business."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Step:
    """`done` of `total` units of `task` are finished; `figures` say how it stands."""

    task: str
    done: int
    total: int
    figures: dict[str, float] = field(default_factory=dict)


Watcher = Callable[[Step], None]


def silence(step: Step) -> None:
    """The watcher that says nothing."""
