"""LFW's lists (Huang et al. 2007): pairs.txt, pairsDevTest.txt, and Kaggle's copies of them as CSV.

"Name 1 2" is a pair of one person, "Name 1 Other 2" one of two people.
"""

import csv
from collections.abc import Sequence

from ....frame.errors import DataError
from .listing import ListedPair, is_count, malformed, numbered_photo

SAME_FORM, DIFFERENT_FORM = "'Name 1 2'", "'Name 1 Other 2'"


def is_lfw(lines: Sequence[str]) -> bool:
    """Whether the first of the `lines` is that of pairs.txt or pairsDevTest.txt: one or two
    numbers."""
    fields = lines[0].split()
    return 1 <= len(fields) <= 2 and all(map(is_count, fields))


def read_lfw(lines: Sequence[str], path: str) -> tuple[list[ListedPair], int | None]:
    """The pairs of pairs.txt or pairsDevTest.txt, and the number of folds, if the list has any.

    Parameters:
        lines: of the list.
        path: of the list, for errors.
    """
    numbers = [int(field) for field in lines[0].split()]
    folds, per_fold = numbers if len(numbers) == 2 else (1, numbers[0])
    if per_fold < 1 or (len(numbers) == 2 and folds < 2):
        raise DataError(
            f"{path}, line 1: expected 2 folds and 1 pair at least, got '{lines[0][:40]}'."
        )
    if len(lines) != 1 + 2 * folds * per_fold:
        promised = f"{folds} folds of " if len(numbers) == 2 else ""
        raise DataError(
            f"{path} promises {promised}{per_fold} same and {per_fold} different pairs, expected "
            f"{2 * folds * per_fold} lines after the first, got {len(lines) - 1}. Give the whole "
            "list."
        )
    pairs = []
    for index, line in enumerate(lines[1:]):
        fields = [field.strip() for field in (line.split("\t") if "\t" in line else line.split())]
        same = index // per_fold % 2 == 0
        form = SAME_FORM if same else DIFFERENT_FORM
        pairs.append(_pair(fields, same, form, f"{path}, line {index + 2}"))
    return pairs, folds if len(numbers) == 2 else None


def is_lfw_csv(lines: Sequence[str]) -> bool:
    """Whether the first of the `lines` is that of Kaggle's pairs.csv, with or without its heading
    name,imagenum1,imagenum2."""
    fields = _without_empty(next(csv.reader([lines[0]]), []))
    if fields[:2] == ["name", "imagenum1"]:
        return True
    numbers = [fields[1], fields[-1]] if len(fields) in (3, 4) else [""]
    return all(map(is_count, numbers)) and "," in lines[0]


def read_lfw_csv(lines: Sequence[str], path: str) -> tuple[list[ListedPair], None]:
    """The pairs of Kaggle's pairs.csv, which tells no folds.

    Parameters:
        lines: of the list.
        path: of the list, for errors.
    """
    pairs = []
    for number, line in enumerate(lines, 1):
        fields = _without_empty(next(csv.reader([line.rstrip("\r")]), []))
        if number == 1 and fields[:2] == ["name", "imagenum1"]:
            continue
        same = len(fields) == 3
        pairs.append(
            _pair(fields, same, "'Name,1,2' or 'Name,1,Other,2'", f"{path}, line {number}")
        )
    return pairs, None


def _without_empty(fields: list[str]) -> list[str]:
    """Fields without blanks, and without empty ones at the end."""
    fields = [field.strip() for field in fields]
    while fields and not fields[-1]:
        fields.pop()
    return fields


def _pair(fields: list[str], same: bool, form: str, where: str) -> ListedPair:
    named = [*fields[:2], *fields[:1], *fields[2:]] if same else fields
    if len(named) != 4 or not all(map(is_count, named[1::2])) or not all(named):
        raise malformed(where, form, fields)
    first, second = numbered_photo(*named[:2]), numbered_photo(*named[2:])
    if (named[0] == named[2]) != same or first == second:
        kind = "two photos of one person" if same else "photos of two people"
        raise malformed(where, kind, fields)
    return ListedPair(first, second, same, where)
