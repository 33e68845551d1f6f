"""Which share of a training step is spent outside the forward pass, losses, backward pass and
optimizer: on making the batch, averaging the weights, and on what Lightning does around a step."""

from collections.abc import Sequence
from typing import Any

from .stopwatch import Subject, run_training


def overhead(datasets: Sequence[str], source: str | None, steps: int) -> list[dict[str, Any]]:
    """A row for each dataset, in milliseconds a step."""
    rows = []
    for name in datasets:
        subject = Subject.named(name, source, steps)
        watch = run_training(subject, steps)
        count, whole = len(watch.steps), sum(watch.steps)
        inside = {part: sum(seconds) for part, seconds in watch.parts.items()}
        rows.append(
            {
                "dataset": name,
                "batch": subject.settings.batch,
                "step ms": round(1e3 * whole / count, 2),
                **{f"{part} ms": round(1e3 * time / count, 2) for part, time in inside.items()},
                "outside ms": round(1e3 * (whole - sum(inside.values())) / count, 2),
                "outside share": round(1 - sum(inside.values()) / whole, 4),
            }
        )
    return rows
