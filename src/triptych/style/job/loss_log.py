"""The costs of every step as a table: costs.csv."""

import csv
from collections import Counter
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

from ...frame.errors import RunError
from ...frame.storage.files import write_text
from ..optimization.config import StepLog

FIXED = ("scale", "size", "step", "seconds", "total")


def write_loss_csv(path: Path, rows: Sequence[StepLog]) -> None:
    """A row a step: its place, the total, and each cost, unweighted. Raises WriteError."""
    parts = list(dict.fromkeys(name for row in rows for name in row.parts))
    text = StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow([*FIXED, *parts])
    for row in rows:
        fixed = (repr(getattr(row, name)) for name in FIXED)
        table.writerow([*fixed, *(repr(row.parts[name]) for name in parts if name in row.parts)])
    write_text(path, text.getvalue())


def read_loss_csv(path: Path) -> list[StepLog]:
    """The rows that `write_costs` wrote, to the last digit, from the first step of the first scale
    on, in their order. Raises RunError."""
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = [_row(cells) for cells in csv.DictReader(file, strict=True)]
        count = Counter(row.scale for row in rows)
        places = [(scale, step + 1) for scale in range(len(count)) for step in range(count[scale])]
        if [(row.scale, row.step) for row in rows] != places:
            raise ValueError("not in order")
    except (OSError, ValueError, KeyError, TypeError, csv.Error) as error:
        raise RunError(f"{path} is damaged or missing. Begin anew in another folder.") from error
    return rows


def _row(cells: dict[str, str]) -> StepLog:
    scale, size, step = (int(cells.pop(name)) for name in FIXED[:3])
    seconds, total = (float(cells.pop(name)) for name in FIXED[3:])
    return StepLog(scale, size, step, seconds, total, {name: float(v) for name, v in cells.items()})
