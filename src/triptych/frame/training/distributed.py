"""Processes that train together: which of them this is, and the device it trains on."""

import os
from typing import NamedTuple

import lightning as L
import torch
from lightning.pytorch.utilities import rank_zero_only

from ..config import TrainingConfig
from .devices import resolve_device


class RankAndWorld(NamedTuple):
    """Which of the processes that train together this is.

    Parameters:
        rank: its number, from 0.
        world_size: how many there are.
    """

    rank: int = 0
    world_size: int = 1

    @classmethod
    def of(cls, trainer: L.Trainer | None) -> "RankAndWorld":
        """Those of the process a trainer runs in."""
        assert trainer is not None, "the data module is attached to no trainer"
        return cls(trainer.global_rank, trainer.world_size)


def is_rank_zero() -> bool:
    """Whether this is the first of the processes that train together; it alone writes files."""
    return getattr(rank_zero_only, "rank", 0) == 0


def barrier() -> None:
    """Wait until all processes that train together have come here."""
    if torch.distributed.is_available() and torch.distributed.is_initialized():
        torch.distributed.barrier()


def device_of(config: TrainingConfig) -> torch.device:
    """The device this process trains on; of several, that of its rank on this machine.

    Datasets are put there before Lightning knows. Raises ConfigError as `resolve_device` does.
    """
    device = resolve_device(config.device)
    if device.type == "cpu" or device.index is not None:
        return device
    return torch.device(device.type, int(os.environ.get("LOCAL_RANK", "0")))
