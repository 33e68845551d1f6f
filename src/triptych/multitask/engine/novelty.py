"""Teach a trained model what its images are like, so that it can tell what is unlike them."""

import torch
from torch import Tensor

from ..data.dataset import Dataset, Split
from ..model.multitask_model import MultitaskModel
from .evaluate import BATCH

MAX_IMAGES = 8192  # of a split


def fit_novelty(model: MultitaskModel, data: Dataset) -> None:
    """Let a model know what is usual, by images trained on and by held-out ones.

    Images of "nothing" are not.

    Parameters:
        model: in evaluation mode; its `novelty` is made anew.
        data: what it was trained on.
    """

    classes = max(1, len(data.info.classes))

    def pooled(split: Split) -> tuple[Tensor, Tensor]:
        features, labels = [], []
        for indices in torch.arange(min(data.size(split), MAX_IMAGES)).split(BATCH):
            batch = data.batch(split, indices)
            target = batch.targets.get("label")
            label = torch.zeros_like(batch.indices) if target is None else target.values
            usual = label < classes
            features.append(model.pooled_features(batch.images)[usual])
            labels.append(label[usual])
        return torch.cat(features), torch.cat(labels)

    model.to_device(data.device)
    with torch.no_grad():
        features, labels = pooled("train")
        held_out, _ = pooled("validation")
        model.add_novelty(classes).fit(features, labels, held_out)
