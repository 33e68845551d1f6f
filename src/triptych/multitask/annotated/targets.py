"""Which targets of heads follow from what is annotated, and for which images."""

import numpy as np
from jaxtyping import Bool
from numpy import ndarray

from .annotated_set import AnnotatedSet
from .joined_sets import JoinedSets

SHARE_OF_TARGET = 0.05  # of a set's training images: what fewer have is not learned by default
ATTRIBUTE = "attribute:"  # before the name of an attribute, where it is a target


def is_choice(target: str) -> bool:
    """Whether a target is one of several names.

    Parameters:
        target: its name.
    """
    return target == "label" or target.startswith(ATTRIBUTE)


def possible_targets(
    annotated: AnnotatedSet | JoinedSets, *, round_objects: bool = False
) -> dict[str, Bool[ndarray, " images"]]:
    """The images that have each target, by the target's name; those that none has are left out.

    | target | of images |
    |---|---|
    | label | with a class of their own, or whose objects are all of one class |
    | attribute:NAME | of which the attribute is known |
    | box, circle | with exactly one object, of whose shape the box (the circle) follows; or with
    | | a mask file of one class |
    | mask | whose objects all have outlines, or with a mask as a file |
    | semantic | the same, where objects or masks are of two classes or more |
    | boxes, circles | in which people looked for objects, and of all of which the box (the circle)
    | | and the class are known |

    A choice among less than two names is none. An image in which people looked and found nothing
    has an empty mask, where other images have masks. Of joined sets each is looked at on its own.

    Parameters:
        annotated: the images.
        round_objects: whether things are round, so that a circle follows from a box too.
    """
    if isinstance(annotated, JoinedSets):
        each = [possible_targets(one, round_objects=round_objects) for one in annotated.sets]
        return {
            name: np.concatenate(
                [has.get(name, np.zeros(len(one), bool)) for has, one in zip(each, annotated.sets)]
            )
            for name in dict.fromkeys(name for has in each for name in has)
        }
    outlines = annotated.flags("has_outlines") & (annotated.counts >= 0)
    drawn = bool((outlines & (annotated.counts > 0)).any())
    circled, all_circled = (
        ("has_box", "all_boxes") if round_objects else ("has_circle", "all_circles")
    )
    all_named = np.full(len(annotated), bool((annotated.counts > 0).any()))
    if annotated.region_classes:
        all_named &= annotated.flags("all_labelled")
    masks = annotated.has_mask_file | (outlines & drawn)
    targets = {
        "label": _if_choice(annotated.labels),
        **{
            f"{ATTRIBUTE}{name}": _if_choice(annotated.attribute(name))
            for name in annotated.attributes
        },
        "box": annotated.flags("has_box") | annotated.has_foreground_file,
        "circle": annotated.flags(circled) | annotated.has_foreground_file,
        "mask": masks,
        "semantic": masks & (len(annotated.region_classes) > 1),
        "boxes": all_named & annotated.flags("all_boxes"),
        "circles": all_named & annotated.flags(all_circled),
    }
    for name in ("boxes", "circles"):
        if not (targets[name] & (annotated.counts > 0)).any():
            del targets[name]  # that there is none says nothing of what others are
    return {name: known for name, known in targets.items() if known.any()}


def _if_choice(numbers: ndarray) -> Bool[ndarray, " images"]:
    known = numbers >= 0
    return known & (len(np.unique(numbers[known])) > 1)
