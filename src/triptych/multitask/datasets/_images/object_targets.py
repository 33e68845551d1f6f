"""When images of one's own are about one thing each, and when about many."""

from collections.abc import Iterable, Mapping

import numpy as np
from jaxtyping import Bool, Int
from numpy import ndarray

from ...annotated.annotated_set import AnnotatedSet
from ...annotated.joined_sets import JoinedSets, sets_of

OBJECTS = {"boxes", "circles"}
"""The targets of any number of objects an image."""

OBJECT_COLUMNS = {"boxes": 6, "circles": 5}
"""Numbers of a row: of the shape, the class, and whether it counts."""

OF_ONE_THING = ("box", "circle")


def object_classes(annotated: AnnotatedSet | JoinedSets) -> tuple[str, ...]:
    """The classes of objects, which need not be those of whole images.

    Parameters:
        annotated: the images.
    """
    regions = {*annotated.region_classes}
    return tuple(name for name in annotated.classes if name in regions)


def usual_targets(
    targets: Iterable[str],
    annotated: AnnotatedSet | JoinedSets,
    possible: Mapping[str, Bool[ndarray, " images"]],
    train: Int[ndarray, " rows"],
) -> tuple[str, ...]:
    """The targets that are learned where nobody says which.

    Where most training images have exactly one object, heads of one shape learn it; else those
    that find every object do, and a class that the objects have in common is left out.

    Parameters:
        targets: those that enough images have.
        annotated: the images.
        possible: the images that have each target.
        train: the numbers of the training images.
    """
    counts = annotated.counts[train]
    looked = counts >= 0
    many = bool(looked.any()) and (counts[looked] == 1).mean() <= 0.5
    left_out: set[str] = {*OF_ONE_THING} if many else {*OBJECTS}
    if many and not any(one.columns["label"].null_count < len(one) for one in sets_of(annotated)):
        left_out.add("label")
    kept = tuple(name for name in targets if name not in left_out)
    return kept or tuple(targets)


def most_objects(annotated: AnnotatedSet | JoinedSets, train: Int[ndarray, " rows"]) -> int:
    """The number of objects in the fullest training image.

    Parameters:
        annotated: the images.
        train: the numbers of the training images.
    """
    return int(np.max(annotated.counts[train], initial=0))
