"""Contact sheets: images of a batch with annotations drawn on them."""

from collections.abc import Mapping, Sequence

import torch
from jaxtyping import Float, UInt8
from numpy import ndarray
from torch import Tensor

from ...backbones._backbone import FeatureInfo
from ...frame.drawing.annotate import ImageCanvas
from ...frame.drawing.contact_sheet import contact_sheet
from ..data.dataset import Dataset, Split
from ..heads import HEADS
from ..heads._head import Head
from ..model.head_selection import resolve_heads
from ..model.multitask_model import MultitaskModel
from ..structures.annotations import Annotation
from ..structures.batch import Batch
from ..structures.info import DatasetInfo

SHEET_SIZE = 24  # images on a sheet


def to_uint8(
    image: Float[Tensor, "channels height width"],
) -> UInt8[ndarray, "height width channels"]:
    """An image of a batch, 0 … 1, as bytes 0 … 255 on the CPU."""
    return image.mul(255).round().clamp(0, 255).byte().permute(1, 2, 0).cpu().numpy()


def prediction_sheet(
    model: MultitaskModel, batch: Batch, title: str
) -> UInt8[ndarray, "height width 3"]:
    """The batch's images with the model's predictions, as RGB.

    Parameters:
        model: predicts as it is, in training or evaluation mode.
        batch: on the model's device.
        title: written above.
    """
    with torch.no_grad():
        outputs = model(batch.images)
    annotations = {name: head.decode(outputs[name]) for name, head in model.heads.items()}
    return _draw_sheet(dict(model.heads), batch, annotations, title)


def ground_truth_sheet(
    info: DatasetInfo, batch: Batch, title: str
) -> UInt8[ndarray, "height width 3"]:
    """The batch's images with their ground truth, as RGB.

    Parameters:
        info: of the dataset that made the batch.
        batch: its images and targets.
        title: written above.
    """
    level = FeatureInfo(channels=1, reduction=1)  # no network is run, but a head needs a map
    heads = {name: HEADS[name](info, [level]) for name in resolve_heads(info, None)}
    annotations = {name: _ground_truth(head, batch) for name, head in heads.items()}
    return _draw_sheet(heads, batch, annotations, title)


def first_batch(dataset: Dataset, split: Split, count: int = SHEET_SIZE) -> Batch:
    """The first images of a split, at most `count`.

    Parameters:
        dataset: to look at.
        split: "train", "validation" or "test".
        count: of images, at most.
    """
    return dataset.batch(split, torch.arange(min(count, dataset.size(split))))


def _ground_truth(head: Head, batch: Batch) -> list[Annotation | None]:
    """What is true of each image; None of those that lack the head's target."""
    present = batch.targets[head.target_name].present
    if present is None:
        return [*head.ground_truth(batch)]
    known = iter(head.ground_truth(batch.select(present)))
    return [next(known) if has else None for has in present.tolist()]


def _draw_sheet(
    heads: Mapping[str, Head],
    batch: Batch,
    annotations: Mapping[str, Sequence[Annotation | None]],
    title: str,
) -> UInt8[ndarray, "height width 3"]:
    cells = []
    for row, image in enumerate(batch.images):
        canvas = ImageCanvas(to_uint8(image))
        for name, of_head in annotations.items():
            if annotation := of_head[row]:
                heads[name].draw(canvas, annotation)
        cells.append(canvas.pixels)
    return contact_sheet(cells, title=title)
