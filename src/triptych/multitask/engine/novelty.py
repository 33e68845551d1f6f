"""Teach a trained model what its images are like, so that it can tell what is unlike them."""

import torch
from torch import Tensor

from ..data.dataset import Dataset, Split
from ..model.multitask_model import MultitaskModel
from .evaluate import BATCH

MAX_IMAGES = 8192  # of a split


def fit_novelty(model: MultitaskModel, data: Dataset) -> None:
    """Let a model know what is usual, by images trained on and by held-out ones.

    Parameters:
        model: in evaluation mode; its `novelty` is made anew.
        data: what it was trained on.
    """

    def pooled(split: Split) -> tuple[Tensor, Tensor]:
        features, labels = [], []
        for indices in torch.arange(min(data.size(split), MAX_IMAGES)).split(BATCH):
            batch = data.batch(split, indices)
            features.append(model.pooled_features(batch.images))
            label = batch.targets.get("label")
            labels.append(torch.zeros_like(batch.indices) if label is None else label.values)
        return torch.cat(features), torch.cat(labels)

    model.to_device(data.device)
    with torch.no_grad():
        features, labels = pooled("train")
        held_out, _ = pooled("validation")
        classes = int(labels.max()) + 1
        model.add_novelty(classes).fit(features, labels, held_out)
