"""Processes that train together: which of them this is, and the device it trains on."""

import os
from contextlib import AbstractContextManager, nullcontext
from typing import NamedTuple

import lightning as L
import torch
from lightning.pytorch.utilities import rank_zero_only
from torch import Tensor, distributed

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


def in_first_process(context: AbstractContextManager[None]) -> AbstractContextManager[None]:
    """A context for the first of the processes that train together; one of no effect in others.

    Parameters:
        context: not yet entered.
    """
    return context if is_rank_zero() else nullcontext()


def barrier() -> None:
    """Wait until all processes that train together have come here."""
    if world_size() > 1:
        distributed.barrier()


def world_size() -> int:
    """How many processes train together at the moment; 1 where none have begun to."""
    begun = distributed.is_available() and distributed.is_initialized()
    return distributed.get_world_size() if begun else 1


def sum_over_processes(values: Tensor) -> Tensor:
    """The sum of a tensor over all processes that train together, differentiable.

    Each process must call it as often, with as many values; a process alone gets its own back.

    Parameters:
        values: of this process.
    """
    return _Sum.apply(values) if world_size() > 1 else values  # pyright: ignore


class _Sum(torch.autograd.Function):
    """The loss of every process depends on the values of each, so gradients are summed too.

    That of `torch.distributed.nn` is deprecated, and those meant instead have no gradient.
    """

    @staticmethod
    def forward(ctx: object, values: Tensor) -> Tensor:
        total = values.clone(memory_format=torch.contiguous_format)
        distributed.all_reduce(total)
        return total

    @staticmethod
    def backward(ctx: object, *gradients: Tensor) -> Tensor:
        (gradient,) = gradients
        return _Sum.forward(ctx, gradient)


def device_of(config: TrainingConfig) -> torch.device:
    """The device this process trains on; of several, that of its rank on this machine.

    Datasets are put there before Lightning knows. Raises ConfigError as `resolve_device` does.
    """
    device = resolve_device(config.device)
    if device.type == "cpu" or device.index is not None:
        return device
    return torch.device(device.type, int(os.environ.get("LOCAL_RANK", "0")))
