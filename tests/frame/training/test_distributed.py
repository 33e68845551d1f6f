"""Which of several processes this is, and where it trains."""

from unittest.mock import MagicMock

import lightning as L
import pytest
import torch

from triptych.frame.config import TrainingConfig
from triptych.frame.training.distributed import RankAndWorld, device_of, is_rank_zero


def test_rank_and_world_are_those_of_the_trainer():
    assert RankAndWorld.of(MagicMock(L.Trainer, global_rank=2, world_size=4)) == (2, 4)
    assert RankAndWorld() == (0, 1)
    with pytest.raises(AssertionError, match="no trainer"):
        RankAndWorld.of(None)


def test_a_single_process_is_the_first():
    assert is_rank_zero()


def test_a_device_that_is_named_is_the_device():
    assert device_of(TrainingConfig(device="cpu")) == torch.device("cpu")
