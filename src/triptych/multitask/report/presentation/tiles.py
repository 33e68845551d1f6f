"""Small pictures of images: first the truth, in blue, then the answer, in vermilion."""

from collections.abc import Mapping, Sequence
from io import BytesIO

import numpy as np
import torch
from jaxtyping import UInt8
from numpy import ndarray
from PIL import Image as PILImage
from torch import Tensor

from ....frame.drawing.annotate import ImageCanvas, Pen
from ....frame.drawing.colors import GROUND_TRUTH, PREDICTION
from ....frame.drawing.html_page import Image
from ....frame.storage.images import resize
from ...data.dataset import Dataset, Split
from ...engine.contact_sheets import known_ground_truth, to_uint8
from ...heads._head import Head
from ...model.multitask_model import MultitaskModel
from ...structures.annotations import Annotation, ClassLabel
from ...structures.batch import Batch
from ...structures.detections import Detections

SIDE = 224  # pixels of the longer side of each half of a tile, at most
GAP = 4  # pixels between them
LARGE = 64  # pixels of a canvas, above which halves are one below the other
NO_BREAK = "\xa0"  # a space within which lines do not end
BAR = 24  # the part of its height that a bar in its color is below each half
QUALITY = 82
Annotations = Mapping[str, Annotation | None]


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


def comparison_tiles(
    models: Sequence[MultitaskModel],
    dataset: Dataset,
    split: Split,
    rows: Sequence[int],
    notes: Sequence[str],
) -> list[Image]:
    """A tile an image: the truth, then the answer of each model.

    Parameters:
        models: on the dataset's device, whose heads are called alike.
        dataset: of the images.
        split: they are numbered in.
        rows: numbers of images.
        notes: what is said of each beside the answers' classes.
    """
    if not len(rows):
        return []
    batch = dataset.batch(split, torch.tensor(rows))
    heads = [dict(model.heads) for model in models]
    truths = truth_annotations(heads[0], batch)
    with torch.no_grad():
        answers = [
            answer_annotations(own, model(batch.images)) for own, model in zip(heads, models)
        ]
    tiles = []
    for place, (truth, note) in enumerate(zip(truths, notes)):
        said = [one[place] for one in answers]
        image = to_uint8(batch.images[place])
        halves = [draw_half(image, heads[0], truth, ground_truth=True)]
        halves += [draw_half(image, own, one) for own, one in zip(heads, said)]
        title = " → ".join(filter(None, map(class_names, [truth, *said])))
        counts = " → ".join(filter(None, map(object_counts, [truth, *said])))
        notes_below = " · ".join(filter(None, [counts, note]))
        alt = f"image {rows[place]:,}: {title or counts}"
        tiles.append(Image(webp(joined(halves, dataset)), alt, title, notes_below))
    return tiles


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
) -> UInt8[ndarray, "height width 3"]:
    """An image with annotations drawn on it, without text.

    Parameters:
        image: as `to_uint8` gives it.
        heads: that draw.
        annotations: by head.
        ground_truth: whether they are true, or a model's.
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
    bar = np.broadcast_to(np.array(canvas.pen.color, np.uint8), (max(2, height // BAR), width, 3))
    return np.concatenate([small, bar])


def are_large(dataset: Dataset) -> bool:
    """Whether images are so large that two side by side would be hard to see.

    Parameters:
        dataset: of the images.
    """
    return max(dataset.info.height, dataset.info.width) > LARGE


def joined(
    parts: Sequence[UInt8[ndarray, "height width 3"]], dataset: Dataset
) -> UInt8[ndarray, "_ _ 3"]:
    """Pictures of one size side by side; large ones one below the other.

    Parameters:
        parts: in reading order.
        dataset: of the images.
    """
    axis = 0 if are_large(dataset) else 1
    height, width = parts[0].shape[:2]
    gap = np.full((GAP, width, 3) if axis == 0 else (height, GAP, 3), 255, np.uint8)
    return np.concatenate([one for part in parts for one in (gap, part)][1:], axis)


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


def webp(pixels: UInt8[ndarray, "height width 3"]) -> bytes:
    """A picture as a WebP file.

    Parameters:
        pixels: RGB.
    """
    packed = BytesIO()
    PILImage.fromarray(pixels).save(packed, "WEBP", quality=QUALITY, method=4)
    return packed.getvalue()
