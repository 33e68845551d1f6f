"""How long augmentation takes, beside a training step of the default network on the same batch."""

from statistics import median
from time import perf_counter
from typing import Any

import torch

from triptych.frame.config import TrainingConfig
from triptych.frame.rng import CounterRNG
from triptych.multitask import Batch, DatasetInfo, MultitaskModel
from triptych.multitask.augmentation import AugmentationConfig, augment
from triptych.multitask.engine.lightning_module import MultitaskModule
from triptych.multitask.model.head_selection import resolve_loss_weights
from triptych.multitask.structures.geometry import mask_to_box, mask_to_circle

HEADS = ("box", "circle", "mask", "semantic")
SETTINGS: dict[str, dict[str, Any]] = {
    "light": {},
    "strong": {"level": "strong"},
    "strong, mosaic": {"level": "strong", "mosaic": 0.5},
}


def augmentation(rounds: int, batch: int = 32, side: int = 224) -> list[dict[str, Any]]:
    """A row for each setting, in milliseconds an image; augmentation and step take turns.

    A step is forward pass, losses, backward pass and optimizer.
    """
    subject = discs(batch, side)
    step = training_step(subject, side)
    rows = []
    for name, settings in SETTINGS.items():
        config = AugmentationConfig(**settings)
        augment(subject, config, CounterRNG([0], subject.indices))
        pairs = [(augmenting(subject, config, epoch), step()) for epoch in range(rounds)]
        rows.append(
            {
                "setting": name,
                "augmentation ms": round(1e3 * median(pair[0] for pair in pairs) / batch, 2),
                "training step ms": round(1e3 * median(pair[1] for pair in pairs) / batch, 2),
                "ratio": round(median(pair[0] / pair[1] for pair in pairs), 3),
            }
        )
    return rows


def discs(count: int, side: int) -> Batch:
    """Images of noise, each with a disc somewhere and all that is true of it."""
    rng = CounterRNG([0], torch.arange(count))
    center, radius = rng.uniform("center", 2, low=0.3, high=0.7), rng.uniform("radius", high=0.2)
    place = (torch.arange(side) + 0.5) / side
    x, y = (place - center[:, axis, None] for axis in (0, 1))
    mask = x[:, None, :].square() + y[:, :, None].square() <= (radius + 0.05)[:, None, None] ** 2
    return Batch.of(
        rng.uniform("image", 3, side, side),
        torch.arange(count),
        box=mask_to_box(mask),
        circle=mask_to_circle(mask),
        mask=mask,
        semantic=mask.long(),
    )


def augmenting(batch: Batch, config: AugmentationConfig, epoch: int) -> float:
    """Seconds that it takes to augment a batch."""
    begun = perf_counter()
    augment(batch, config, CounterRNG([0, epoch], batch.indices))
    return perf_counter() - begun


def training_step(batch: Batch, side: int) -> Any:
    """A function that takes a training step and gives its seconds."""
    torch.manual_seed(0)
    info = DatasetInfo("discs", 3, side, side, targets=HEADS, classes=("disc",))
    module = MultitaskModule(
        MultitaskModel(info, HEADS), TrainingConfig(), resolve_loss_weights(info, HEADS, {})
    )
    optimizer = torch.optim.AdamW(module.parameters(), lr=1e-3, fused=True)
    images = batch.images.contiguous(memory_format=torch.channels_last)

    def step() -> float:
        begun = perf_counter()
        optimizer.zero_grad()
        module.total(module.losses(module.model.train()(images), batch)).backward()
        optimizer.step()
        return perf_counter() - begun

    step()
    return step
