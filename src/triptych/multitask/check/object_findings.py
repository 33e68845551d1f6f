"""What is wrong with the places of objects: beyond the picture, or without area."""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Bool
from numpy import ndarray

from .checked_set import CheckedSet
from .finding import SHOWN, Example, Finding, Severity, number
from .object_table import KINDS

TOLERANCE = 1.0  # pixels beyond the edge that tools leave by rounding


def object_findings(checked: CheckedSet) -> Iterator[Finding]:
    """What is wrong with the places of objects.

    Parameters:
        checked: the set.
    """
    objects = checked.objects
    if not len(objects):
        return
    left, top, right, bottom = objects.bounds.T
    width, height = checked.sizes()[objects.images].T
    placed, known = np.isfinite(objects.bounds).all(1), width > 0
    # of a picture that has another size than annotated, that is told, and not what follows
    stated = checked.stated()
    known &= ((stated == checked.sizes()) | (stated == 0)).all(1)[objects.images]
    empty = placed & ((right <= left) | (bottom <= top))
    away = placed & ~empty & known & ((left >= width) | (top >= height) | (right <= 0))
    away |= placed & ~empty & known & (bottom <= 0)
    beyond = placed & ~empty & ~away & known & (np.minimum(left, top) < -TOLERANCE)
    over = np.maximum(right - width, bottom - height) > TOLERANCE
    beyond |= placed & ~empty & ~away & known & over
    kinds: list[tuple[str, Severity, Bool[ndarray, " objects"], str]] = [
        ("object outside the picture", "error", away, "outside of the picture"),
        ("object beyond the edge", "warning", beyond, "partly beyond the edge of the picture"),
        ("object without area", "error", empty, "without height or width"),
    ]
    for kind, severity, which, say in kinds:
        if which.any():
            count = int(which.sum())
            yield _finding(checked, kind, severity, which, f"{number(count, 'object')} {say}.")


def _finding(
    checked: CheckedSet,
    kind: str,
    severity: Severity,
    which: Bool[ndarray, " objects"],
    message: str,
) -> Finding:
    objects, sizes, classes = checked.objects, checked.sizes(), checked.annotated.classes
    examples = []
    for row in np.flatnonzero(which)[:SHOWN].tolist():
        image, label = int(objects.images[row]), int(objects.labels[row])
        place = row - int(np.searchsorted(objects.images, image)) + 1
        sides = objects.bounds[row].tolist()
        shape = KINDS[int(objects.kinds[row])]
        detail = (
            f"object {place}, {classes[label] if label >= 0 else 'no class'}, {shape} "
            f"{', '.join(f'{side:g}' for side in sides)} of {sizes[image, 0]} × {sizes[image, 1]}"
        )
        examples.append(Example(checked.name(image), detail, image, box=tuple(sides)))
    return Finding(kind, severity, message, int(which.sum()), tuple(examples))
