"""What is wrong with the files of pictures: missing, damaged, of another size, turned by EXIF."""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Bool
from numpy import ndarray

from .checked_set import CheckedSet
from .finding import SHOWN, Finding, number


def picture_findings(checked: CheckedSet) -> Iterator[Finding]:
    """What is wrong with the files of pictures.

    Parameters:
        checked: the set.
    """
    facts = checked.facts
    missing = facts.missing
    if missing.any():
        yield Finding(
            "picture missing",
            "error",
            f"{number(int(missing.sum()), 'picture')} that the annotations name cannot be found.",
            int(missing.sum()),
            checked.examples(missing, "there is no such file"),
        )
    damaged = np.zeros_like(missing)
    damaged[[*facts.reasons]] = True
    if damaged.any():
        reasons = [facts.reasons[at] for at in np.flatnonzero(damaged)[:SHOWN].tolist()]
        yield Finding(
            "picture not readable",
            "error",
            f"{number(int(damaged.sum()), 'picture')} cannot be decoded.",
            int(damaged.sum()),
            checked.examples(damaged, reasons),
        )
    yield from _turned(checked)
    yield from _other_sizes(checked)


def _turned(checked: CheckedSet) -> Iterator[Finding]:
    """Pictures that EXIF turns, by the frame in which they were annotated."""
    facts, stated = checked.facts, checked.stated()
    turned = facts.has_size & (facts.numbers["orientation"] > 1)
    upright = _equal(stated, facts.upright_sizes())
    stored = _equal(stated, facts.upright_sizes()[:, ::-1]) & facts.is_turned
    square = facts.numbers["width"] == facts.numbers["height"]
    has_place = (checked.annotated.counts > 0) | checked.annotated.has_mask_file
    in_stored = turned & stored & ~square
    in_upright = turned & facts.is_turned & upright & ~square
    unknown = turned & ~in_stored & ~in_upright & has_place & ((stated[:, 0] == 0) | upright)
    rest = turned & ~in_stored & ~in_upright & ~unknown
    if in_stored.any():
        yield Finding(
            "turned by EXIF, annotated before",
            "warning",
            f"{number(int(in_stored.sum()), 'picture')} stored on the side, turned by EXIF, and "
            "annotated in the frame before that. Shapes are right, for training reads such "
            "pictures as they are stored; but so it learns from pictures on their side, and "
            "predicts on upright ones. Turn pixels and shapes, or annotate anew.",
            int(in_stored.sum()),
            checked.examples(in_stored, "annotated in the frame before EXIF turns it"),
        )
    if unknown.any():
        yield Finding(
            "turned by EXIF, frame unknown",
            "warning",
            f"{number(int(unknown.sum()), 'picture')} turned by EXIF: in which frame the shapes "
            "were drawn cannot be told from the annotation. They are read as drawn on the upright "
            "picture; look with `triptych data look`.",
            int(unknown.sum()),
            checked.examples(unknown, "EXIF turns it"),
        )
    if (in_upright | rest).any():
        count = int((in_upright | rest).sum())
        yield Finding(
            "turned by EXIF",
            "note",
            f"{number(count, 'picture')} turned upright by EXIF, as annotated.",
            count,
            checked.examples(in_upright | rest),
        )


def _other_sizes(checked: CheckedSet) -> Iterator[Finding]:
    stated, sizes = checked.stated(), checked.facts.upright_sizes()
    known = checked.facts.has_size & (stated > 0).all(1)
    turned = checked.facts.is_turned & _equal(stated, sizes[:, ::-1])
    other = known & ~_equal(stated, sizes) & ~turned
    if other.any():
        details = [
            f"annotated as {w} × {h}, it has {width} × {height}"
            for (w, h), (width, height) in zip(
                stated[other][:SHOWN].tolist(), sizes[other][:SHOWN].tolist()
            )
        ]
        yield Finding(
            "size other than annotated",
            "error",
            f"{number(int(other.sum()), 'picture')} of another size than the annotation says: "
            "shapes would be in the wrong place.",
            int(other.sum()),
            checked.examples(other, details),
        )


def _equal(first: ndarray, second: ndarray) -> Bool[ndarray, " images"]:
    return (first == second).all(1)
