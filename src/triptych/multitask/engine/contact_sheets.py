"""Contact sheets: images of a batch with annotations drawn on them.

Each head has its color; what is true is drawn in dashed lines, what a model says in whole ones.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float, UInt8
from numpy import ndarray
from torch import Tensor

from ...backbones._backbone import FeatureInfo
from ...frame.drawing.annotate import ImageCanvas, Pen
from ...frame.drawing.colors import NEUTRAL, WRONG, Color
from ...frame.drawing.contact_sheet import contact_sheet
from ...frame.drawing.text import LegendEntry
from ..data.dataset import Dataset, Split
from ..heads import build_head
from ..heads._colors import head_colors
from ..heads._head import Head
from ..image_scores import WRONG_BELOW, image_scores, wrong_first, wrong_images
from ..model.head_selection import resolve_heads
from ..model.multitask_model import MultitaskModel
from ..structures.annotations import Annotation, ClassLabel, SemanticMap
from ..structures.batch import Batch
from ..structures.detections import Detections
from ..structures.info import DatasetInfo
from .evaluate import images_at_once

SHEET_SIZE = 24  # images on a sheet
MOST_WRONG = 12  # of them about which a model is wrong, where there are others
SEARCHED = 1000  # images of a split, among which the wrong ones are looked for


@dataclass(frozen=True)
class Told:
    """What is said about the images of a batch.

    Parameters:
        heads: by name; they draw.
        truth: what is true of each image, by head; None where it is not known.
        answers: what a model says of each image, by head; empty for the ground truth alone.
        wrong: of each image, the names of the heads that are wrong about it.
    """

    heads: Mapping[str, Head]
    truth: Mapping[str, Sequence[Annotation | None]]
    answers: Mapping[str, Sequence[Annotation]]
    wrong: Sequence[Sequence[str]] = ()


def to_uint8(
    image: Float[Tensor, "channels height width"],
) -> UInt8[ndarray, "height width channels"]:
    """An image of a batch, 0 … 1, as bytes 0 … 255 on the CPU."""
    return image.mul(255).round().clamp(0, 255).byte().permute(1, 2, 0).cpu().numpy()


def prediction_sheet(
    model: MultitaskModel,
    batch: Batch,
    title: str,
    *,
    metrics: Mapping[str, float] | None = None,
    reorder: bool = True,
) -> UInt8[ndarray, "height width 3"]:
    """The batch's images with the model's predictions over the ground truth, as RGB.

    Images about which a head is wrong (another class, an overlap of less than half) have a frame,
    and say what would be right.

    Parameters:
        model: predicts as it is, in training or evaluation mode.
        batch: on the model's device.
        title: written above.
        metrics: figures by name, written below the title.
        reorder: whether wrong ones come first, the worst at the head; else the images keep their
            places.
    """
    with torch.no_grad():
        outputs = model(batch.images)
        scores = image_scores(model, batch, outputs)
    if reorder:
        order = torch.tensor(wrong_first(scores), device=batch.images.device)
        batch = batch.select(order)
        outputs = {name: output[order] for name, output in outputs.items()}
        scores = {name: values[order.cpu()] for name, values in scores.items()}
    heads = dict(model.heads)
    told = Told(
        heads,
        {name: known_ground_truth(head, batch) for name, head in heads.items()},
        {name: head.decode(outputs[name]) for name, head in heads.items()},
        [
            [name for name, values in scores.items() if values[row] < WRONG_BELOW]
            for row in range(len(batch))
        ],
    )
    figures = [f"{name} {value:.4f}" for name, value in (metrics or {}).items()]
    return _draw_sheet(told, batch, title, figures)


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
    names = {name: info.display_name(name) for name in resolve_heads(info, None)}
    heads = {shown: build_head(name, info, [level]) for name, shown in names.items()}
    truth = {name: known_ground_truth(head, batch) for name, head in heads.items()}
    return _draw_sheet(Told(heads, truth, {}), batch, title, [])


def first_batch(dataset: Dataset, split: Split, count: int = SHEET_SIZE) -> Batch:
    """The first images of a split, at most `count`.

    Parameters:
        dataset: to look at.
        split: "train", "validation" or "test".
        count: of images, at most.
    """
    return dataset.batch(split, torch.arange(min(count, dataset.size(split))))


def telling_batch(model: MultitaskModel, dataset: Dataset, split: Split) -> tuple[Batch, int]:
    """Images of a split that tell what a model can and cannot, and how many wrong ones there are.

    They are the worst of those it is wrong about among the first 1000 (of large images fewer), a
    dozen at most, and the first of the others.

    Parameters:
        model: on the dataset's device.
        dataset: to look at.
        split: "train", "validation" or "test".
    """
    batch = first_batch(dataset, split, searched_images(dataset, split))
    with torch.no_grad():
        parts = [model(images) for images in batch.images.split(images_at_once(dataset.info))]
        outputs = {name: torch.cat([part[name] for part in parts]) for name in parts[0]}
        scores = image_scores(model, batch, outputs)
    order, wrong = wrong_first(scores), int(wrong_images(scores).sum())
    shown = min(wrong, max(MOST_WRONG, SHEET_SIZE - (len(batch) - wrong)))
    rows = [*order[:shown], *order[wrong : wrong + SHEET_SIZE - shown]]
    return batch.select(torch.tensor(rows, device=batch.images.device)), wrong


def searched_images(dataset: Dataset, split: Split) -> int:
    """Among how many of the first images of a split `telling_batch` looks for wrong ones.

    Parameters:
        dataset: to look at.
        split: "train", "validation" or "test".
    """
    return min(dataset.size(split), SEARCHED, 4 * images_at_once(dataset.info))


def known_ground_truth(head: Head, batch: Batch) -> list[Annotation | None]:
    """What is true of each image; None of those that lack the head's target.

    Parameters:
        head: that asks.
        batch: of images with their targets.
    """
    present = batch.targets[head.target_name].present
    if present is None:
        return [*head.ground_truth(batch)]
    known = iter(head.ground_truth(batch.select(present)))
    return [next(known) if has else None for has in present.tolist()]


def _draw_sheet(
    told: Told, batch: Batch, title: str, figures: Sequence[str]
) -> UInt8[ndarray, "height width 3"]:
    colors = head_colors(told.heads)
    cells = [
        _draw_image(told, to_uint8(image), row, colors) for row, image in enumerate(batch.images)
    ]
    frames = [WRONG if wrong else None for wrong in told.wrong]
    return contact_sheet(
        cells,
        title=title,
        subtitle=figures,
        legend=sheet_legend(told, colors),
        frames=frames,
    )


def _draw_image(
    told: Told,
    image: UInt8[ndarray, "height width channels"],
    row: int,
    colors: Mapping[str, Color],
) -> UInt8[ndarray, "drawn_height drawn_width 3"]:
    canvas = ImageCanvas(image)
    wrong = told.wrong[row] if told.wrong else ()
    for name, of_head in told.truth.items():
        if annotation := of_head[row]:
            silent = bool(told.answers)
            canvas.pen = Pen(colors[name], ground_truth=True, tint=not silent, silent=silent)
            told.heads[name].draw(canvas, annotation)
    for name, of_head in told.answers.items():
        canvas.pen = Pen(colors[name], wrong=name in wrong)
        told.heads[name].draw(canvas, of_head[row])
        truth = told.truth[name][row]
        if name in wrong and isinstance(truth, ClassLabel):
            canvas.pen = Pen(colors[name], ground_truth=True, name="truth", same_row=True)
            told.heads[name].draw(canvas, truth)
        elif name in wrong:
            canvas.legend([LegendEntry(colors[name], name, "cross")])
    return canvas.pixels


def sheet_legend(told: Told, colors: Mapping[str, Color]) -> list[LegendEntry]:
    """What the colors and lines of a sheet mean.

    Parameters:
        told: what is drawn.
        colors: of the heads, by name.
    """
    entries = [
        LegendEntry(colors[name], f"{name}: a color a class")
        if any(isinstance(one, SemanticMap | Detections) for one in told.truth[name])
        else LegendEntry(colors[name], name)
        for name in told.heads
    ]
    if told.answers:
        entries.append(LegendEntry(NEUTRAL, "answer", "line"))
    entries.append(LegendEntry(NEUTRAL, "truth", "dashes"))
    if told.answers:
        text = "wrong: another class, or an overlap below one half"
        entries.append(LegendEntry(WRONG, text, "cross"))
    return entries
