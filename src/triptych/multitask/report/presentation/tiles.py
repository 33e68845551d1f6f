"""Small pictures of images, the truth on the left in blue, the answer on the right in vermilion."""

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
from ...engine.contact_sheets import to_uint8
from ...heads._head import Head
from ...model.multitask_model import MultitaskModel
from ...structures.annotations import Annotation, ClassLabel
from ...structures.batch import Batch
from ...structures.detections import Detections

SIDE = 224  # pixels of the longer side of each half of a tile, at most
GAP = 4  # pixels between them
BAR = 24  # the part of its height that a bar in its color is below each half
QUALITY = 82
Annotations = Mapping[str, Annotation | None]


def truth_annotations(heads: Mapping[str, Head], batch: Batch) -> list[Annotations]:
    """What is true of each image, by head; None where it is not known.

    Parameters:
        heads: by name.
        batch: of images with their targets.
    """
    columns = {}
    for name, head in heads.items():
        present = batch.targets[head.target_name].present
        if present is None:
            columns[name] = [*head.ground_truth(batch)]
        else:
            known = iter(head.ground_truth(batch.select(present)))
            columns[name] = [next(known) if here else None for here in present.tolist()]
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
        title = " → ".join(filter(None, map(headline, [truth, *said]))) or f"image {rows[place]:,}"
        tiles.append(Image(webp(beside(halves)), f"image {rows[place]:,}: {title}", title, note))
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
        title = headline(truth)
        tiles.append(Image(webp(drawn), f"training image: {title}", title))
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


def beside(parts: Sequence[UInt8[ndarray, "_ _ 3"]]) -> UInt8[ndarray, "height width 3"]:
    """Pictures side by side.

    Parameters:
        parts: from left to right.
    """
    height = max(part.shape[0] for part in parts)
    padded = [
        np.pad(part, ((0, height - part.shape[0]), (0, GAP), (0, 0)), constant_values=255)
        for part in parts
    ]
    return np.concatenate(padded, 1)[:, :-GAP]


def headline(annotations: Annotations) -> str:
    """Classes and counts, in a few words; empty where there are none.

    Parameters:
        annotations: by head.
    """
    words = []
    for annotation in annotations.values():
        if isinstance(annotation, ClassLabel):
            sure = annotation.probability
            words.append(annotation.name + (f" ({sure:.0%})" if sure < 1 else ""))
        elif isinstance(annotation, Detections):
            words.append(annotation.summary())
    return ", ".join(dict.fromkeys(words))


def webp(pixels: UInt8[ndarray, "height width 3"]) -> bytes:
    """A picture as a WebP file.

    Parameters:
        pixels: RGB.
    """
    packed = BytesIO()
    PILImage.fromarray(pixels).save(packed, "WEBP", quality=QUALITY, method=4)
    return packed.getvalue()
