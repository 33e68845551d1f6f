"""The images of a dataset that most excite each channel of a feature map."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int, UInt8
from numpy import ndarray
from torch import Tensor

from ...frame.errors import ConfigError
from ...frame.progress import ProgressCallback, ProgressEvent, ProgressLike, no_progress, showing
from ..data.dataset import Dataset, Split
from ..engine.contact_sheets import to_uint8
from ..engine.evaluate import images_at_once
from ..engine.finished_run import open_run
from ..model.multitask_model import MultitaskModel
from .receptive_field import crop_around, effective_side

TOP = 9  # images of each channel, as Zeiler & Fergus show them
FAINT = 0.1  # of the largest value of any channel, that a channel of note reaches TOP times
SEARCHED = 2000  # images of a split that are looked at


@dataclass(frozen=True, eq=False)
class ChannelActivations:
    """What excites one channel most.

    Parameters:
        channel: its number.
        images: numbers of the images in their split, the most exciting first.
        places: row and column of the most excited cell in each.
        values: of the map there.
        crops: the part of each image around that place, 0 … 255.
    """

    channel: int
    images: Int[ndarray, " top"]
    places: Int[ndarray, "top 2"]
    values: Float[ndarray, " top"]
    crops: UInt8[ndarray, "top side side channels"]

    def to_dict(self) -> dict[str, Any]:
        """Channel, numbers of the images, places and values, ready for JSON."""
        return {
            "channel": self.channel,
            "images": self.images.tolist(),
            "places": self.places.tolist(),
            "values": [round(value, 4) for value in self.values.tolist()],
        }


@dataclass(frozen=True, eq=False)
class MaximalActivations:
    """What excites the channels of a stage most.

    Parameters:
        stage: of the feature pyramid, from 1, finest first.
        reduction: pixels a cell of its map.
        side: of the crops, in pixels.
        split: the images that were looked at.
        searched: how many they were.
        channels: the choosiest first.
    """

    stage: int
    reduction: int
    side: int
    split: str
    searched: int
    channels: tuple[ChannelActivations, ...]

    def to_dict(self) -> dict[str, Any]:
        """Its fields by name, ready for JSON."""
        return {**vars(self), "channels": [one.to_dict() for one in self.channels]}


def maximal_activations(
    run: str | Path,
    *,
    stage: int | None = None,
    channels: int = 16,
    split: Split = "test",
    source: str | Path | None = None,
    device: str = "auto",
    progress: ProgressLike = None,
) -> MaximalActivations:
    """The images that most excite channels of a run's feature map, cut to what the channels see.

    Parameters:
        run: its folder.
        stage: of the feature pyramid, from 1, finest first; None for the coarsest.
        channels: how many are shown, the choosiest: those whose most exciting images lie farthest
            above all others, in standard deviations.
        split: whose images are looked at, the first 2,000.
        source: where the images are now, if they have moved.
        device: "auto", "cpu", "cuda" …
        progress: told how many images are done; by default a bar where stderr is a terminal, False
            for none.

    Raises RunError for no finished run or images that are gone, ConfigError for a stage that is
    none.
    """
    with showing(progress) as listener:
        done = open_run(run, source=source, device=device, progress=listener)
        model, how = done.model.to_device(done.data.device), {"stage": stage, "channels": channels}
        return most_exciting(model, done.data, split, **how, progress=listener)


def most_exciting(
    model: MultitaskModel,
    data: Dataset,
    split: Split,
    *,
    stage: int | None = None,
    channels: int = 16,
    progress: ProgressCallback = no_progress,
) -> MaximalActivations:
    """What `maximal_activations` gives, of a model and a dataset that are open (Zeiler & Fergus
    2013, figure 2; without their deconvolution).

    Parameters:
        model: in evaluation mode, on the dataset's device.
        data: of the images.
        split: whose images are looked at.
        stage: from 1, finest first; None for the coarsest.
        channels: how many are shown.
        progress: told how many images are done.
    """
    stages = model.backbone.feature_info
    number = len(stages) if stage is None else stage
    if not 1 <= number <= len(stages):
        raise ConfigError(f"Expected a stage from 1 to {len(stages)}, got {stage}.")
    values, cells, columns = _peaks(model, data, split, number - 1, progress)
    order = choosiest_channels(values)[:channels]
    top = values[:, order].topk(min(TOP, len(values)), dim=0)
    places = cells[:, order].gather(0, top.indices)
    reduction, first = stages[number - 1].reduction, top.indices[0]
    chosen = torch.stack([places[0] // columns, places[0] % columns], 1)
    batch = data.batch(split, first.cpu())
    side = effective_side(model.backbone, batch.images, number - 1, order, chosen, reduction)
    found = []
    for row, channel in enumerate(order.tolist()):
        indices = top.indices[:, row]
        pictures = [to_uint8(one) for one in data.batch(split, indices.cpu()).images]
        where = torch.stack([places[:, row] // columns, places[:, row] % columns], 1).cpu().numpy()
        crops = [
            crop_around(picture, (place + 0.5) * reduction, side)
            for picture, place in zip(pictures, where)
        ]
        facts = indices.cpu().numpy(), where, top.values[:, row].cpu().numpy(), np.stack(crops)
        found.append(ChannelActivations(channel, *facts))
    return MaximalActivations(number, reduction, side, split, len(values), tuple(found))


def choosiest_channels(values: Float[Tensor, "images channels"]) -> Int[Tensor, " channels"]:
    """The numbers of the channels, those first whose most exciting images lie farthest above the
    mean of all, in standard deviations; those that are hardly ever excited last.

    Parameters:
        values: the largest value of each channel's map in each image.
    """
    top = values.topk(min(TOP, len(values)), dim=0).values
    deviation, mean = values.std(0, correction=0), values.mean(0)
    choice = (top.mean(0) - mean) / deviation.clamp(min=1e-12)
    faint = (top[-1] < FAINT * top[0].max()) | (deviation == 0)
    return torch.where(faint, choice.sigmoid() - 1, choice).argsort(descending=True, stable=True)


def _peaks(
    model: MultitaskModel, data: Dataset, split: Split, level: int, progress: ProgressCallback
) -> tuple[Float[Tensor, "images channels"], Int[Tensor, "images channels"], int]:
    """The largest value of each channel in each image, its cell, and how many columns there are."""
    count, at_once = min(data.size(split), SEARCHED), images_at_once(data.info)
    values, cells, columns = [], [], 1
    with torch.no_grad():
        for indices in torch.arange(count).split(at_once):
            maps = model.backbone(data.batch(split, indices).images)[level].float()
            columns = maps.shape[3]
            most = maps.flatten(2).max(2)
            values.append(most.values)
            cells.append(most.indices)
            progress(ProgressEvent("look", int(indices[-1]) + 1, count))
    return torch.cat(values), torch.cat(cells), columns
