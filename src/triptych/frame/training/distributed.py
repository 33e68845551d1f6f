"""Several processes that train together: which of them this is, and where it trains."""

import os

import torch
from lightning.pytorch.utilities import rank_zero_only

from ..config import TrainingConfig
from .devices import resolve_device


def is_rank_zero() -> bool:
    """Whether this process writes and speaks: of those that train together, the first."""
    return getattr(rank_zero_only, "rank", 0) == 0


def barrier() -> None:
    """Wait until all processes that train together have come so far."""
    if torch.distributed.is_available() and torch.distributed.is_initialized():
        torch.distributed.barrier()


def device_of(settings: TrainingConfig) -> torch.device:
    """The device this process trains on: where there are several, the one of its rank. Data are put
    there before Lightning says so."""
    chosen = resolve_device(settings.device)
    if chosen.type == "cpu" or chosen.index is not None:
        return chosen
    return torch.device(chosen.type, int(os.environ.get("LOCAL_RANK", "0")))
