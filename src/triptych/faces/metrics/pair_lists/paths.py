"""Lists of two paths and 1 for one person or 0 for two, apart by blanks, tabs or commas.

The label may stand first, as in VoxCeleb's lists of trials, and a first line may name the columns.
"""

import csv
from collections.abc import Sequence

from ....frame.errors import DataError
from .listing import ListedPair, Photo, malformed

LABELS = {"1": True, "0": False, "-1": False}
EXPECTED = "two paths and 1 (one person) or 0 (two), apart by commas, tabs or single blanks"


def is_paths(lines: Sequence[str]) -> bool:
    """Whether one of the first two `lines` has three fields, the first or the last of them a
    label."""
    return any(_label_at(_split(line)) is not None for line in lines[:2])


def read_paths(lines: Sequence[str], path: str) -> tuple[list[ListedPair], None]:
    """The pairs of a list of paths, which tells no folds.

    Parameters:
        lines: of the list.
        path: of the list, for errors.
    """
    start = 0 if _label_at(_split(lines[0])) is not None else 1  # a heading
    label_at = _label_at(_split(lines[start]))
    pairs = []
    for number, line in enumerate(lines[start:], start + 1):
        fields, where = _split(line), f"{path}, line {number}"
        if label_at is None or len(fields) != 3 or fields[label_at] not in LABELS:
            raise malformed(where, EXPECTED, line)
        names = fields[1:] if label_at == 0 else fields[:2]
        first, second = (Photo(name) for name in names)
        if not all(names) or first == second:
            raise malformed(where, "two photos", line)
        pairs.append(ListedPair(first, second, LABELS[fields[label_at]], where))
    if not pairs:
        raise DataError(f"{path} holds no pair. Give the whole list.")
    return pairs, None


def _split(line: str) -> list[str]:
    line = line.strip()
    delimiter = "\t" if "\t" in line else "," if "," in line else None
    if delimiter is None:
        return line.split()
    return [field.strip() for field in next(csv.reader([line], delimiter=delimiter), [])]


def _label_at(fields: list[str]) -> int | None:
    """Where the label stands in three fields: last or first; None where it is nowhere."""
    if len(fields) != 3:
        return None
    return next((place for place in (2, 0) if fields[place] in LABELS), None)
