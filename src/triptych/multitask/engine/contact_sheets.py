"""Pictures of how a training goes and what came of it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import lightning as L
import torch
from jaxtyping import UInt8
from lightning.pytorch.callbacks import Callback
from numpy import ndarray
from torch import Tensor

from ...backbones._backbone import FeatureInfo
from ...frame.drawing.annotate import ImageCanvas, contact_sheet
from ...frame.storage import images
from ..data.dataset import Dataset, Part
from ..heads import HEADS
from ..model.head_selection import chosen_heads
from ..model.multitask_model import Model
from ..structures.batch import Batch
from ..structures.info import Card
from .lightning_module import Lesson

SHOWN = 24  # pictures on a sheet


def pixels_of(image: Tensor) -> UInt8[ndarray, "height width channels"]:
    """An image of a batch, 0 … 1, as bytes."""
    return image.mul(255).round().clamp(0, 255).byte().permute(1, 2, 0).cpu().numpy()


def answered(model: Model, batch: Batch, title: str) -> UInt8[ndarray, "height width 3"]:
    """A sheet of the batch's images with the model's answers drawn on them."""
    with torch.no_grad():
        outputs = model(batch.images)
    told = {name: head.decode(outputs[name]) for name, head in model.heads.items()}
    return _drawn(dict(model.heads.items()), batch, told, title)


def truths(card: Card, batch: Batch, title: str) -> UInt8[ndarray, "height width 3"]:
    """A sheet of the batch's images with the truth drawn on them."""
    level = FeatureInfo(channels=1, reduction=1)  # no network is wanted, but a head comes with one
    heads = {name: HEADS[name](card, [level]) for name in chosen_heads(card, None)}
    return _drawn(heads, batch, {name: head.truth(batch) for name, head in heads.items()}, title)


def first(dataset: Dataset, part: Part, count: int = SHOWN) -> Batch:
    """The first images of a part."""
    return dataset.batch(part, torch.arange(min(count, dataset.size(part))))


def _drawn(
    heads: Mapping[str, Any], batch: Batch, told: Mapping[str, Sequence[Any]], title: str
) -> UInt8[ndarray, "height width 3"]:
    pictures = []
    for row, image in enumerate(batch.images):
        picture = ImageCanvas(pixels_of(image))
        for name, answers in told.items():
            heads[name].draw(picture, answers[row])
        pictures.append(picture.pixels)
    return contact_sheet(pictures, title=title)


class Drawing(Callback):
    """After each epoch, draws the answers on the same validation images: epochs/001.png …"""

    def __init__(self, dataset: Dataset, folder: Path):
        self.batch = first(dataset, "validation")
        self.folder = folder / "epochs"

    def on_validation_epoch_end(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        if not trainer.is_global_zero:
            return
        assert isinstance(pl_module, Lesson)
        epoch = trainer.current_epoch + 1
        self.folder.mkdir(exist_ok=True)
        batch = self.batch.to(pl_module.device)
        drawn = answered(pl_module.model, batch, f"Epoch {epoch}: answers on validation images")
        images.save(self.folder / f"{epoch:03}.png", drawn)
