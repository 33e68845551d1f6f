"""A contact sheet of annotated images of one split, with the truth drawn."""

from typing import Any

import numpy as np
from jaxtyping import UInt8

from ....frame.drawing.contact_sheet import contact_sheet
from ....frame.drawing.text import LegendEntry
from ....frame.errors import DataError, TriptychError
from ...annotated.annotated_set import AnnotatedSet
from ...annotated.splits import split_images
from ...structures.annotated_image import AnnotatedImage
from ...structures.split import SPLITS, Split
from .drawing import class_color, draw_truth

LEGEND = 12  # classes, up to which the legend names all that are seen
CELL = 320  # pixels of the longer side of a picture where there are many
FEW = 6  # pictures, up to which they are shown larger


def annotated_sheet(
    annotated: AnnotatedSet, split: Split | None, count: int, title: str, *, seed: int = 0
) -> UInt8[np.ndarray, "height width 3"]:
    """Annotated images side by side.

    Parameters:
        annotated: the set.
        split: the images drawn; None for any.
        count: images, at most; taken at random, in their order.
        title: written above.
        seed: which images are taken.

    Raises DataError where there is no image in the split.
    """
    splits = split_images(annotated)
    rows = np.arange(len(annotated))
    if split is not None:
        rows = rows[splits == SPLITS.index(split)]
    if not len(rows):
        raise DataError(f"There is no {split} image. Choose another --split.")
    known = (annotated.counts[rows] > 0) | annotated.has_mask_file[rows]
    rows = rows[known] if known.any() else rows  # those on which there is something to draw
    chance = np.random.default_rng(seed)
    rows = np.sort(chance.choice(rows, min(count, len(rows)), replace=False))
    images = [annotated.image(row) for row in rows.tolist()]
    seen = {thing.label for image in images for thing in image.objects or ()}
    seen |= {name for image in images if image.mask for name in image.mask.classes.values()}
    shown = [name for name in annotated.classes if name in seen]
    legend = [LegendEntry(class_color(name, annotated.classes), name) for name in shown]
    named = len(legend) > LEGEND
    side = 512 if len(images) <= FEW else CELL
    skeleton = annotated.vocabulary.skeleton
    cells = [
        _cell(image, annotated.classes, side=side, named=named, skeleton=skeleton)
        for image in images
    ]
    notes = [_note(image) for image in images]
    subtitle = [f"{len(images)} of {len(annotated):,} pictures", f"read as {annotated.format}"]
    return contact_sheet(
        cells,
        title=title,
        subtitle=subtitle,
        legend=[] if named else legend,
        notes=notes if any(notes) else None,
    )


def _cell(
    image: AnnotatedImage, classes: tuple[str, ...], side: int, **how: Any
) -> UInt8[np.ndarray, "h w 3"]:
    """A drawn image; of one that cannot be read an empty one."""
    try:
        return draw_truth(image, classes, side=side, **how)
    except TriptychError:
        return np.full((side // 2, side // 2, 3), 225, np.uint8)


def _note(image: AnnotatedImage) -> str:
    """The class of the image as a whole, and its attributes."""
    values = [f"{name} {value}" for name, value in image.attributes.items()]
    marks = {
        mark
        for thing in image.objects or ()
        for mark in ("crowd", "difficult")
        if getattr(thing, mark)
    }
    empty = ["nothing in it"] if image.objects == () else []
    return " · ".join([*([image.label] if image.label else []), *values, *empty, *sorted(marks)])
