"""How well a model does on each image, and about which it is wrong."""

from collections.abc import Mapping

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from .heads._head import Head
from .heads.semantic import SemanticHead
from .metrics import PerImageMetric
from .model.multitask_model import MultitaskModel
from .structures.batch import Batch

WRONG_BELOW = 0.5  # of a head's metric: a class that is another, an overlap of less than half


def image_scores(
    model: MultitaskModel, batch: Batch, outputs: Mapping[str, Tensor]
) -> dict[str, Float[Tensor, " batch"]]:
    """The score of each image by head, 1 where all is right; NaN of images without its target.

    It is the head's primary metric; of a semantic map, the overlap of the class that is worst.

    Parameters:
        model: whose heads are measured.
        batch: its images and targets.
        outputs: what the heads gave, by name.
    """
    scores = {}
    for name, target in model.targets(batch).items():
        head, rows = model.heads[name], torch.full((len(batch),), torch.nan)
        known = torch.ones(len(batch), dtype=torch.bool)
        if target.present is not None:
            known = target.present.cpu()
        output, values = target.select(outputs[name].float(), target.values)
        rows[known] = head_scores(head, output, values).cpu()
        scores[name] = rows
    return scores


def wrong_images(scores: Mapping[str, Float[Tensor, " batch"]]) -> Bool[Tensor, " batch"]:
    """Which images a head is wrong about: another class, or an overlap of less than half.

    Parameters:
        scores: as `image_scores` gives them.
    """
    return torch.stack([values < WRONG_BELOW for values in scores.values()]).any(0)


def wrong_first(scores: Mapping[str, Float[Tensor, " batch"]]) -> list[int]:
    """The numbers of the images: wrong ones first, the worst of them at the head; the others as
    they stand.

    Parameters:
        scores: as `image_scores` gives them.
    """
    wrong = wrong_images(scores).tolist()
    mean = torch.stack([*scores.values()]).nanmean(0).tolist()
    return sorted(range(len(wrong)), key=lambda row: (not wrong[row], wrong[row] and mean[row]))


def is_main_metric(head: Head) -> bool:
    """Whether the score of an image is its value of the head's primary metric.

    Parameters:
        head: of a model.
    """
    main = next(iter(head.metrics().values()))
    return isinstance(main, PerImageMetric) and not isinstance(head, SemanticHead)


def head_scores(head: Head, output: Tensor, target: Tensor) -> Float[Tensor, " images"]:
    """The score of each image as one head has it.

    Parameters:
        head: of a model.
        output: what it gave, as float32.
        target: what it should be.
    """
    if isinstance(head, SemanticHead):
        return _worst_class_iou(output, target)
    metric = next(iter(head.metrics().values()))
    if isinstance(metric, PerImageMetric):
        return metric.per_image(output, target).float()
    values = []
    for row in range(len(output)):
        metric.reset()
        metric.to(output.device).update(output[row : row + 1], target[row : row + 1])
        values.append(float(metric.compute()))
    return torch.tensor(values)


def _worst_class_iou(
    output: Float[Tensor, "images classes height width"],
    target: Int[Tensor, "images height width"],
) -> Float[Tensor, " images"]:
    """The least overlap of the classes that are in an image, but for the background."""
    predicted = output.argmax(1).masked_fill(target < 0, -1)  # pixels that do not count
    worst = torch.ones(len(output), device=output.device)
    for number in range(1, output.shape[1]):
        one, other = predicted == number, target == number
        there = other.flatten(1).any(1)
        overlap = (one & other).flatten(1).sum(1) / (one | other).flatten(1).sum(1).clamp(min=1)
        worst = torch.where(there, torch.minimum(worst, overlap), worst)
    return worst
