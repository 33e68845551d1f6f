"""Pictures that are there twice: in two splits they make what is measured too good."""

import hashlib
from collections.abc import Iterator
from contextlib import suppress

import numpy as np
from jaxtyping import Bool, Float, Int
from numpy import ndarray

from ...frame.errors import WriteError
from ...frame.storage.files import write_bytes
from .checked_set import CheckedSet
from .finding import SHOWN, Example, Finding, Severity, number
from .pictures.facts import PictureFacts
from .pictures.hashing import near_duplicates

FILE, VERSION = "duplicates.bin", 1  # beside the facts

Pairs = Int[ndarray, "pairs 2"]


def duplicate_findings(checked: CheckedSet) -> Iterator[Finding]:
    """Pictures that are there twice, the same file or nearly the same pixels.

    Parameters:
        checked: the set.
    """
    exact = same_files(checked)
    near, alike = _near(checked.facts)
    digests = checked.facts.numbers["digest"]
    other = digests[near[:, 0]] != digests[near[:, 1]]
    near, alike = near[other], alike[other]
    yield from _disagreeing(checked, exact)
    for pairs, what, how in (
        (exact, "same picture", ["the same bytes"] * len(exact)),
        (near, "nearly the same picture", [f"correlation {value:.3f}" for value in alike]),
    ):
        apart = checked.splits[pairs[:, 0]] != checked.splits[pairs[:, 1]]
        worst: Severity = "error" if what == "same picture" else "warning"
        severity: Severity = worst if checked.split_is_stated else "warning"
        if apart.any():
            yield _finding(checked, pairs, how, apart, (f"{what} in two splits", severity))
        if not apart.all():
            yield _finding(checked, pairs, how, ~apart, (f"{what} twice in a split", "note"))


def _near(facts: PictureFacts) -> tuple[Pairs, Float[ndarray, " pairs"]]:
    """Pairs that look the same; kept beside the facts as long as these are the same."""
    hashes, decoded = facts.numbers["hash"], facts.numbers["decoded"] > 0
    state = hashlib.blake2b(b"%d" % VERSION + hashes.tobytes() + decoded.tobytes()).digest()
    path = facts.folder / FILE
    try:
        content = path.read_bytes()
        if content.startswith(state):
            rows = np.frombuffer(content, np.float64, offset=len(state)).reshape(-1, 3)
            return rows[:, :2].astype(np.int64), rows[:, 2].copy()
    except (OSError, ValueError):
        pass
    usable = np.flatnonzero(decoded)
    near, alike = near_duplicates(hashes[usable], facts.thumbnails()[usable])
    near = usable[near]
    rows = np.concatenate([near.astype(np.float64), alike[:, None]], 1)
    with suppress(WriteError):  # a cache that cannot be written is none
        write_bytes(path, state + rows.tobytes())
    return near, alike


def same_files(checked: CheckedSet) -> Pairs:
    """Pairs of pictures with the same bytes: each with the first of its kind in each split.

    Parameters:
        checked: the set.
    """
    digests = checked.facts.numbers["digest"]
    rows = np.flatnonzero(~checked.facts.missing & (digests != 0))
    order = rows[np.lexsort((rows, checked.splits[rows], digests[rows]))]
    starts = np.flatnonzero(np.diff(digests[order], prepend=-1) != 0)
    lengths = np.diff(np.append(starts, len(order)))
    first = np.repeat(order[starts], lengths)
    previous = np.concatenate([order[:1], order[:-1]])
    # the first in training is what one in test repeats; others repeat the one before
    partner = np.where(checked.splits[order] != checked.splits[first], first, previous)
    again = order != first
    return np.stack([partner[again], order[again]], 1)


def _disagreeing(checked: CheckedSet, pairs: Pairs) -> Iterator[Finding]:
    labels = checked.annotated.labels
    first, second = labels[pairs].T if len(pairs) else (labels[:0], labels[:0])
    differ = (first != second) & (first >= 0) & (second >= 0)
    if differ.any():
        names = checked.annotated.classes
        how = [f"'{names[a]}' and '{names[b]}'" for a, b in zip(first, second)]
        yield _finding(checked, pairs, how, differ, ("same picture with two classes", "error"))


def _finding(
    checked: CheckedSet,
    pairs: Pairs,
    how: list[str],
    among: Bool[ndarray, " pairs"],
    kind: tuple[str, Severity],
) -> Finding:
    rows = np.flatnonzero(among)
    examples = []
    for row in rows[:SHOWN].tolist():
        one, other = pairs[row].tolist()
        splits = [checked.split_name(at) for at in (one, other)]
        detail = f"and {checked.name(other)}, {how[row]}, in {' and '.join(dict.fromkeys(splits))}"
        examples.append(Example(checked.name(one), detail, one, other))
    images = len(np.unique(pairs[rows]))
    message = f"{kind[0].capitalize()}: {number(len(rows), 'pair')}, {number(images, 'picture')}."
    if kind[0].endswith("in two splits") and not checked.split_is_stated:
        message += " No split is stated; keep such pictures together by a group."
    return Finding(*kind, message, len(rows), tuple(examples))
