"""Teach a trained model what its images are like, so that it can tell what is unlike them."""

import torch
from torch import Tensor

from ..data.dataset import Dataset, Split
from ..model.multitask_model import MultitaskModel
from .evaluate import BATCH

MAX_IMAGES = 4096  # of the training split, of the validation split, and of outliers


def fit_novelty(model: MultitaskModel, data: Dataset) -> None:
    """Let a model know what is usual, by images trained on, by held-out ones and by outliers.

    Parameters:
        model: in evaluation mode; its `novelty` is made anew.
        data: what it was trained on.
    """

    def pooled(split: Split) -> tuple[Tensor, Tensor]:
        features, labels = [], []
        for indices in torch.arange(min(data.size(split), MAX_IMAGES)).split(BATCH):
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
            outliers = torch.cat([model.pooled_features(some) for some in images.split(BATCH)])
        detector = model.add_novelty(max(1, len(data.info.classes)))
        detector.fit(features, labels, held_out, outliers)
