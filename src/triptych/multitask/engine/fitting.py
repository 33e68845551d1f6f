"""What a trained model is fitted with afterwards, by images that it was not trained on."""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from ..data.dataset import Dataset, Split
from ..heads._head import Head
from ..model.multitask_model import MultitaskModel
from ..structures.batch import Batch
from .evaluate import images_at_once

MAX_IMAGES = 4096  # of the training split, of the validation split, and of outliers
DECISION_IMAGES = 5000  # 90 % of so many are told to 0.4 % (one standard deviation)
DECISION_EPOCHS = 8  # of a validation split that is composed anew


def fit_decisions(model: MultitaskModel, data: Dataset) -> None:
    """Let each head choose, by the validation images, what it decides by and how sure it is.

    Where the data set composes its images, they are other ones than those that chose the epoch.

    Parameters:
        model: in evaluation mode.
        data: what it was trained on.
    """
    heads = {
        name: head
        for name, head in model.heads.items()
        if type(head).fit_decision is not Head.fit_decision
    }
    if not heads:
        return
    model.to_device(data.device)
    evidence: dict[str, list[Any]] = {name: [] for name in heads}
    with torch.no_grad():
        for batch in _decision_batches(data):
            outputs, targets = model(batch.images), model.targets(batch)
            for name, head in heads.items():
                target = targets[name]
                output, values = target.select(outputs[name].float(), target.values)
                evidence[name].append(head.decision_evidence(output, values))
    for name, head in heads.items():
        head.fit_decision(evidence[name])


def _decision_batches(data: Dataset) -> Iterator[Batch]:
    """Validation images; none of those that training looked at, where there are others."""
    size = data.size("validation")
    left = DECISION_IMAGES
    for epoch in range(1, DECISION_EPOCHS + 1) if data.composes_anew else [0]:
        count = min(size, left)
        for indices in torch.arange(count).split(images_at_once(data.info)):
            if len(indices):
                yield data.batch("validation", indices, epoch)
        left -= count


def fit_novelty(model: MultitaskModel, data: Dataset) -> None:
    """Let a model know what is usual, by images trained on, by held-out ones and by outliers.

    Parameters:
        model: in evaluation mode; its `novelty` is made anew.
        data: what it was trained on.
    """

    at_once = images_at_once(data.info)

    def pooled(split: Split) -> tuple[Tensor, Tensor]:
        features, labels = [], []
        for indices in torch.arange(min(data.size(split), MAX_IMAGES)).split(at_once):
            batch = data.batch(split, indices)
            features.append(model.pooled_features(batch.images))
            target = batch.targets.get("label")
            labels.append(torch.zeros_like(batch.indices) if target is None else target.values)
        return torch.cat(features), torch.cat(labels)

    model.to_device(data.device)
    with torch.no_grad():
        features, labels = pooled("train")
        held_out, _ = pooled("validation")
        images = data.outliers(MAX_IMAGES)
        outliers = None
        if images is not None:
            outliers = torch.cat([model.pooled_features(some) for some in images.split(at_once)])
        detector = model.add_novelty(max(1, len(data.info.classes)))
        detector.fit(features, labels, held_out, outliers)
