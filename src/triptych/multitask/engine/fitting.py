"""What a trained model is fitted with afterwards, by images that it was not trained on."""

from collections.abc import Iterator

import torch
from torch import Tensor

from ..data.dataset import Dataset, Split
from ..heads._head import Head
from ..model.multitask_model import MultitaskModel
from .evaluate import images_at_once

MAX_IMAGES = 4096  # of the training split, of the validation split, and of outliers


def fit_decisions(model: MultitaskModel, data: Dataset) -> None:
    """Let each head choose, by the validation images, from which score on it tells something.

    Parameters:
        model: in evaluation mode.
        data: what it was trained on.
    """
    model.to_device(data.device)
    for name, head in model.heads.items():
        if type(head).fit_decision is Head.fit_decision:
            continue

        def pairs(name: str = name) -> Iterator[tuple[Tensor, Tensor]]:
            count = min(data.size("validation"), MAX_IMAGES)
            for indices in torch.arange(count).split(images_at_once(data.info)):
                batch = data.batch("validation", indices)
                outputs, target = model(batch.images), model.targets(batch)[name]
                output, values = target.select(outputs[name].float(), target.values)
                yield output, values

        with torch.no_grad():
            head.fit_decision(pairs())


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
