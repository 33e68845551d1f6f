"""What is wrong with classes and splits: few pictures, one class for nearly all, groups torn."""

from collections.abc import Iterator

import numpy as np
from numpy import ndarray

from ..annotated.targets import SHARE_OF_TARGET, possible_targets
from ..structures.split import SPLITS
from .checked_set import CheckedSet
from .finding import SHOWN, Example, Finding, number
from .summary import class_counts

FEW = 10  # pictures of a class: with fewer, neither learning nor measuring it means much
MOST = 0.9  # share of one class: always saying it is right nearly always


def class_findings(checked: CheckedSet, *, few: int = FEW) -> Iterator[Finding]:
    """What is wrong with classes and splits.

    Parameters:
        checked: the set.
        few: pictures of a class, below which it is told.
    """
    yield from _targets(checked)
    yield from _empty_splits(checked)
    what, counts = class_counts(checked)
    totals = counts.sum(1)
    names = checked.annotated.classes
    if not totals.any():
        return
    yield from _few(names, what, totals, few)
    share = float(totals.max() / totals.sum())
    if share > MOST and len(names) > 1:
        name = names[int(totals.argmax())]
        message = f"{share:.1%} of all {what} are '{name}'. Weigh the classes, or collect others."
        yield Finding("one class for nearly all", "warning", message, int(totals.max()))
    yield from _one_split(checked, counts, totals, what)
    yield from _groups(checked)


def _targets(checked: CheckedSet) -> Iterator[Finding]:
    targets = possible_targets(checked.annotated)
    total = len(checked.annotated)
    if not targets:
        yield Finding(
            "nothing to learn",
            "error",
            "No head can learn from these annotations: there are neither two classes, nor boxes, "
            "circles or outlines.",
            total,
        )
        return
    train = checked.splits == SPLITS.index("train")
    most = max(float(has[train].mean()) if train.any() else 0.0 for has in targets.values())
    if most <= SHARE_OF_TARGET and train.any():
        yield Finding(
            "too few to learn",
            "error",
            f"No head can learn: of what heads can learn from ({', '.join(targets)}), nothing is "
            f"known of more than {SHARE_OF_TARGET:.0%} of the training pictures.",
            int(train.sum()),
        )
    without = ~np.any([*targets.values()], axis=0) & (checked.annotated.counts <= 0)
    if without.any():
        yield Finding(
            "picture not annotated",
            "note",
            f"{number(int(without.sum()), 'picture')} of {total:,} without any annotation that a "
            "head can learn from.",
            int(without.sum()),
            checked.examples(without),
        )


def _empty_splits(checked: CheckedSet) -> Iterator[Finding]:
    """What training refuses: a split without a picture, or a single one to learn from."""
    sizes = np.bincount(checked.splits, minlength=len(SPLITS)).tolist()
    for split, size in zip(SPLITS, sizes):
        if size < (2 if split == "train" else 1):
            message = f"{number(size, 'picture')} of {len(checked.splits):,} for {split}. "
            message += "Add pictures, or state the splits."
            yield Finding("split without pictures", "error", message, size)


def _few(names: tuple[str, ...], what: str, totals: ndarray, few: int) -> Iterator[Finding]:
    rare = (totals < few) & (totals > 0)
    if rare.any():
        order = np.flatnonzero(rare)[np.argsort(totals[rare], kind="stable")]
        yield Finding(
            "class with few examples",
            "warning",
            f"{number(int(rare.sum()), 'class', 'classes')} of {len(names)} with fewer than {few} "
            f"{what}.",
            int(rare.sum()),
            tuple(Example(names[at], f"{totals[at]:,} {what}") for at in order[:SHOWN]),
        )
    if (totals == 0).any():
        count = int((totals == 0).sum())
        yield Finding(
            "class without examples",
            "warning",
            f"{number(count, 'class', 'classes')} of {len(names)} that the annotations list, "
            f"without any {what}.",
            count,
            tuple(Example(names[at]) for at in np.flatnonzero(totals == 0)[:SHOWN]),
        )


def _one_split(
    checked: CheckedSet, counts: ndarray, totals: ndarray, what: str
) -> Iterator[Finding]:
    """Classes that lack in training, or in all of what is measured."""
    used = np.bincount(checked.splits, minlength=len(SPLITS)) > 0
    if used.sum() < 2:
        return
    alone = (totals > 0) & ((counts > 0).sum(1) == 1)
    if not alone.any():
        return
    names, where = checked.annotated.classes, counts.argmax(1)
    untaught = int((alone & (where > 0)).sum())
    lines = f"; {untaught} of them not in the one for training" if untaught else ""
    yield Finding(
        "class in one split only",
        "error" if untaught and checked.split_is_stated else "warning",
        f"{number(int(alone.sum()), 'class', 'classes')} in one split only{lines}.",
        int(alone.sum()),
        tuple(
            Example(names[at], f"{totals[at]:,} {what}, all in {SPLITS[int(where[at])]}")
            for at in np.flatnonzero(alone)[:SHOWN]
        ),
    )


def _groups(checked: CheckedSet) -> Iterator[Finding]:
    groups = checked.annotated.columns["group"]
    if groups.null_count == len(groups):
        return
    encoded = groups.combine_chunks().dictionary_encode()
    rows = np.flatnonzero(encoded.is_valid().to_numpy(zero_copy_only=False))
    numbers = encoded.indices.to_numpy(zero_copy_only=False)[rows].astype(np.int64)
    names = encoded.dictionary
    seen = np.zeros((len(names), len(SPLITS)), bool)
    seen[numbers, checked.splits[rows]] = True
    torn = seen.sum(1) > 1
    if torn.any():
        yield Finding(
            "group in two splits",
            "error",
            f"{number(int(torn.sum()), 'group')} of {len(names):,} with pictures in several "
            "splits: what is measured on the others is too good.",
            int(torn.sum()),
            tuple(
                Example(
                    str(names[at].as_py()),
                    "in " + " and ".join(SPLITS[split] for split in np.flatnonzero(seen[at])),
                )
                for at in np.flatnonzero(torn)[:SHOWN].tolist()
            ),
        )
