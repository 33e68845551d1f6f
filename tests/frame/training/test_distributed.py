"""Which of several processes this is, and where it trains."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import MagicMock

import lightning as L
import pytest
import torch
from lightning.pytorch.utilities import rank_zero_only

from triptych.frame.config import TrainingConfig
from triptych.frame.training.distributed import (
    RankAndWorld,
    device_of,
    in_first_process,
    is_rank_zero,
)


def test_rank_and_world_are_those_of_the_trainer():
    assert RankAndWorld.of(MagicMock(L.Trainer, global_rank=2, world_size=4)) == (2, 4)
    assert RankAndWorld() == (0, 1)
    with pytest.raises(AssertionError, match="no trainer"):
        RankAndWorld.of(None)


def test_a_single_process_is_the_first():
    assert is_rank_zero()


def test_a_context_is_entered_in_the_first_process_only(monkeypatch: pytest.MonkeyPatch):
    entered: list[int] = []

    @contextmanager
    def context(number: int) -> Iterator[None]:
        entered.append(number)
        yield

    for rank in (0, 1):
        monkeypatch.setattr(rank_zero_only, "rank", rank, raising=False)
        with in_first_process(context(rank)):
            pass
    assert entered == [0]


def test_a_device_that_is_named_is_the_device():
    assert device_of(TrainingConfig(device="cpu")) == torch.device("cpu")
