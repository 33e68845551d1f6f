"""Small pictures of images: first the truth, in blue, then the answer, in vermilion."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import UInt8
from numpy import ndarray
from torch import Tensor

from ....frame.drawing.annotate import ImageCanvas, Pen
from ....frame.drawing.colors import GROUND_TRUTH, PREDICTION
from ....frame.drawing.html_page import Image
from ....frame.storage.images import resize
from ...data.dataset import Dataset, Split
from ...engine.contact_sheets import known_ground_truth, to_uint8
from ...heads._classification import ClassificationHead
from ...heads._head import Head
from ...model.multitask_model import MultitaskModel
from ...structures.annotations import Annotation, ClassLabel
from ...structures.batch import Batch
from ...structures.detections import Detections
from .joining import joined, webp

SIDE = 224  # pixels of the longer side of each half of a tile, at most
LARGE = 64  # pixels of a canvas, above which halves are one below the other
NO_BREAK = "\xa0"  # a space within which lines do not end
BAR = 24  # the part of its height that a bar in its color is below each half
Annotations = Mapping[str, Annotation | None]
Caption = Callable[[int, Annotations, Sequence[Annotations]], tuple[str, str]]


def truth_annotations(heads: Mapping[str, Head], batch: Batch) -> list[Annotations]:
    """What is true of each image, by head; None where it is not known.

    Parameters:
        heads: by name.
        batch: of images with their targets.
    """
    columns = {name: known_ground_truth(head, batch) for name, head in heads.items()}
    return [dict(zip(columns, row)) for row in zip(*columns.values())]


def answer_annotations(
    heads: Mapping[str, Head], outputs: Mapping[str, Tensor]
) -> list[Annotations]:
    """What a model says of each image, by head.

    Parameters:
        heads: by name.
        outputs: of each.
    """
    columns = {name: head.decode(outputs[name]) for name, head in heads.items()}
    return [dict(zip(columns, row)) for row in zip(*columns.values())]


@dataclass(frozen=True, eq=False)
class View:
    """A model, and the dataset that makes the images as it sees them.

    Parameters:
        model: on the dataset's device.
        dataset: of the images.
    """

    model: MultitaskModel
    dataset: Dataset


def comparison_tiles(
    views: Sequence[View],
    split: Split,
    rows: Sequence[int],
    caption: Caption,
    *,
    only: str = "",
) -> list[Image]:
    """A tile an image: the truth, then the answer of each model.

    Parameters:
        views: models, of the same images in this order; their heads are called alike.
        split: the images are numbered in.
        rows: numbers of images.
        caption: gives title and note of an image by its place in `rows`, what is true of it and
            what each model says.
        only: the head that is drawn; empty for all of them. One that chooses a class has nothing to
            be drawn: then the image is there once, without a bar.
    """
    if not len(rows):
        return []
    heads = [
        {name: head for name, head in one.model.heads.items() if only in ("", name)}
        for one in views
    ]
    batches = [one.dataset.batch(split, torch.tensor(rows)) for one in views]
    truths = truth_annotations(heads[0], batches[0])
    with torch.no_grad():
        answers = [
            answer_annotations(own, one.model(batch.images))
            for own, one, batch in zip(heads, views, batches)
        ]
    undrawn = only != "" and isinstance(heads[0][only], ClassificationHead)
    tiles, below = [], are_large(views[0].dataset)
    for place, truth in enumerate(truths):
        images = [to_uint8(batch.images[place]) for batch in batches]
        said = [one[place] for one in answers]
        halves = [draw_half(images[0], heads[0], truth, ground_truth=True, bar=not undrawn)]
        if not undrawn:
            halves += [draw_half(*each) for each in zip(images, heads, said)]
        title, note = caption(place, truth, said)
        alt = f"image {rows[place]:,}: {title or note}"
        tiles.append(Image(webp(joined(halves, below=below)), alt, title, note))
    return tiles


def answer_caption(notes: Sequence[str]) -> Caption:
    """Says the true class and the answered one above, and counts of objects below.

    Parameters:
        notes: what is said of each image beside them.
    """

    def caption(place: int, truth: Annotations, said: Sequence[Annotations]) -> tuple[str, str]:
        title = " → ".join(filter(None, map(class_names, [truth, *said])))
        counts = " → ".join(filter(None, map(object_counts, [truth, *said])))
        return title, " · ".join(filter(None, [counts, notes[place]]))

    return caption


def truth_tiles(
    heads: Mapping[str, Head], dataset: Dataset, split: Split, rows: Sequence[int]
) -> list[Image]:
    """A tile an image with what is true of it.

    Parameters:
        heads: that draw.
        dataset: of the images.
        split: they are numbered in.
        rows: numbers of images.
    """
    batch = dataset.batch(split, torch.tensor(rows))
    tiles = []
    for image, truth in zip(batch.images, truth_annotations(heads, batch)):
        drawn = draw_half(to_uint8(image), heads, truth, ground_truth=True)
        title, counts = class_names(truth), object_counts(truth)
        tiles.append(Image(webp(drawn), f"training image: {title or counts}", title, counts))
    return tiles


def draw_half(
    image: UInt8[ndarray, "_ _ channels"],
    heads: Mapping[str, Head],
    annotations: Annotations,
    *,
    ground_truth: bool = False,
    bar: bool = True,
) -> UInt8[ndarray, "height width 3"]:
    """An image with annotations drawn on it, without text.

    Parameters:
        image: as `to_uint8` gives it.
        heads: that draw.
        annotations: by head.
        ground_truth: whether they are true, or a model's.
        bar: whether a bar below tells which.
    """
    canvas = ImageCanvas(image)
    canvas.pen = Pen(GROUND_TRUTH if ground_truth else PREDICTION, silent=True)
    for name, annotation in annotations.items():
        if annotation is not None and not isinstance(annotation, ClassLabel):
            heads[name].draw(canvas, annotation)
    pixels = canvas.pixels
    scale = min(1.0, SIDE / max(pixels.shape[:2]))
    height, width = (max(1, round(side * scale)) for side in pixels.shape[:2])
    small = resize(pixels, height, width) if scale < 1 else pixels
    if not bar:
        return small
    shape = max(2, height // BAR), width, 3
    return np.concatenate([small, np.broadcast_to(np.array(canvas.pen.color, np.uint8), shape)])


def are_large(dataset: Dataset) -> bool:
    """Whether images are so large that two side by side would be hard to see.

    Parameters:
        dataset: of the images.
    """
    return max(dataset.info.height, dataset.info.width) > LARGE


def class_names(annotations: Annotations) -> str:
    """The classes that are told, with how sure they are; empty where there are none.

    Parameters:
        annotations: by head.
    """
    labels = [one for one in annotations.values() if isinstance(one, ClassLabel)]
    return ", ".join(
        one.name + (f" ({one.probability:.0%})" if one.probability < 1 else "") for one in labels
    )


def object_counts(annotations: Annotations) -> str:
    """How many objects of each class the first head tells that finds all; empty where none does.

    Parameters:
        annotations: by head.
    """
    found = (one for one in annotations.values() if isinstance(one, Detections))
    first = next(found, None)
    return "" if first is None else first.summary().replace(" × ", NO_BREAK)
