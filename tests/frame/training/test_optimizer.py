"""What is optimized and decayed, the schedule of the learning rate, and averaged weights."""

from types import SimpleNamespace
from typing import Any, cast

import lightning as L
import pytest
import torch
from torch import nn

from triptych.frame.config import TrainingConfig
from triptych.frame.training.optimizer import adamw_one_cycle, ema_with_warmup


class Small(L.LightningModule):
    """A small network whose first layer is frozen, in a training of ten steps."""

    trainer: Any = SimpleNamespace(estimated_stepping_batches=10)

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 4), nn.BatchNorm1d(4))
        self.layers[0].requires_grad_(False)


def configured(**settings: Any) -> dict[str, Any]:
    return cast(dict[str, Any], adamw_one_cycle(Small(), TrainingConfig.merge(settings)))


def test_only_matrices_that_train_are_decayed() -> None:
    decayed, others = configured(weight_decay=0.3)["optimizer"].param_groups
    assert [tuple(p.shape) for p in decayed["params"]] == [(4, 4)]
    assert [tuple(p.shape) for p in others["params"]] == [(4,)] * 3
    assert decayed["weight_decay"] == 0.3 and others["weight_decay"] == 0


def test_the_rate_rises_for_its_share_of_the_steps_and_then_falls() -> None:
    made = configured(lr=0.5, warmup_fraction=0.3)
    assert made["lr_scheduler"]["interval"] == "step"
    schedule, rates = made["lr_scheduler"]["scheduler"], []
    for _ in range(9):
        rates.append(schedule.get_last_lr()[0])
        made["optimizer"].step()
        schedule.step()
    assert max(rates) == rates[2] == pytest.approx(0.5)
    assert rates == sorted(rates[:3]) + sorted(rates[3:], reverse=True)


def test_averages_forget_the_start_sooner_while_few_steps_are_done() -> None:
    average = ema_with_warmup(0.9)
    for steps, decay in [(0, 0.1), (8, 0.5), (1000, 0.9)]:
        held, now = [torch.tensor([1.0])], [torch.tensor([0.0])]
        average(held, now, torch.tensor(steps))
        assert float(held[0]) == pytest.approx(decay)


@pytest.mark.parametrize("fraction", [0.1, 0.5])
def test_a_rise_of_exactly_one_step_begins_at_the_highest_rate(
    fraction: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There PyTorch's own schedule divides by zero."""
    trainer = SimpleNamespace(estimated_stepping_batches=round(1 / fraction))
    monkeypatch.setattr(Small, "trainer", trainer)
    made = configured(lr=0.5, warmup_fraction=fraction)
    assert made["lr_scheduler"]["scheduler"].get_last_lr()[0] == pytest.approx(0.5)
