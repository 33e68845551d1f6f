"""A range test that finds the rate of a problem whose rates are known, and leaves no trace."""

import math

import lightning as L
import pytest
import torch
from torch import Tensor, nn

from triptych.frame.config import TrainingConfig
from triptych.frame.errors import ConfigError, DataError
from triptych.frame.progress import ProgressEvent
from triptych.frame.training.lr_range import (
    HIGHEST,
    LOWEST,
    STEPS,
    LearningRateRange,
    range_test,
    smooth,
)

CONFIG = TrainingConfig(device="cpu", precision="fp32")


class Valley(L.LightningModule):
    """Descends |x|² / 2 · curvature, by plain steps: beyond 2 / curvature it diverges."""

    def __init__(self, curvature: float = 20.0, shares: tuple[float, float] = (1, 1)):
        super().__init__()
        self.curvature, self.shares = curvature, shares
        self.places = nn.ParameterList([nn.Parameter(torch.full((4,), 3.0)) for _ in shares])
        self.dropout = nn.Dropout(0.1)
        self.validated = 0

    def training_step(self, batch: Tensor, number: int) -> Tensor:
        self.dropout(batch)  # takes random numbers
        return self.curvature / 2 * torch.stack([x.square().sum() for x in self.places]).sum()

    def validation_step(self, batch: Tensor, number: int) -> None:
        self.validated += 1

    def configure_optimizers(self) -> dict:
        groups = [{"params": [x], "lr": s * CONFIG.lr} for x, s in zip(self.places, self.shares)]
        optimizer = torch.optim.SGD(groups)
        total = int(self.trainer.estimated_stepping_batches)
        rates = [group["lr"] for group in groups]
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, rates, total_steps=total, cycle_momentum=False
        )
        return {
            "optimizer": optimizer,
            "lr_scheduler": {"scheduler": schedule, "interval": "step"},
        }


class Batches(L.LightningDataModule):
    def train_dataloader(self) -> torch.utils.data.DataLoader:
        return torch.utils.data.DataLoader(torch.zeros(6, 2), batch_size=2)  # type: ignore[arg-type]

    def val_dataloader(self) -> torch.utils.data.DataLoader:
        return self.train_dataloader()


def test_the_rate_follows_the_curvature_and_is_far_from_diverging():
    flat, steep = (range_test(Valley(curvature), Batches(), CONFIG).rate for curvature in (2, 200))
    assert flat / steep == pytest.approx(100, rel=0.5)
    assert 1e-3 < steep * 200 < 0.2  # from 2 on it diverges


def test_rates_rise_by_the_same_factor_until_the_loss_diverges():
    found = range_test(Valley(200.0), Batches(), CONFIG)
    factor = (HIGHEST / LOWEST) ** (1 / (STEPS - 1))
    assert found.rates[0] == pytest.approx(LOWEST)
    assert all(b / a == pytest.approx(factor) for a, b in zip(found.rates, found.rates[1:]))
    assert len(found.losses) == len(found.rates) < STEPS  # it diverges from 2 / 200 on
    assert found.losses[0] == pytest.approx(200 / 2 * 8 * 9)
    assert len(range_test(Valley(0.5), Batches(), CONFIG).rates) == STEPS


def test_nothing_is_left_of_it():
    module, events = Valley(), []
    before = {name: value.clone() for name, value in module.state_dict().items()}
    torch.manual_seed(3)
    expected = torch.rand(4)
    torch.manual_seed(3)
    range_test(module, Batches(), CONFIG, progress=events.append)
    assert torch.equal(torch.rand(4), expected)
    assert all(torch.equal(value, before[name]) for name, value in module.state_dict().items())
    assert module.validated == 0
    assert events[-1] == ProgressEvent("learning rate", len(events), STEPS)


def test_groups_keep_their_shares_of_the_rate():
    whole = range_test(Valley(20.0, (1, 1)), Batches(), CONFIG)
    small = range_test(Valley(20.0, (0.1, 0.1)), Batches(), CONFIG)
    assert small.rate / whole.rate == pytest.approx(10, rel=0.3)


def test_a_step_takes_the_batches_that_are_added_up():
    config = TrainingConfig(device="cpu", precision="fp32", accumulate=2)
    found, plain = range_test(Valley(), Batches(), config), range_test(Valley(), Batches(), CONFIG)
    assert found.losses == pytest.approx(plain.losses, rel=1e-4)  # of six images two steps an epoch


def test_the_average_is_that_of_a_constant_and_lags_behind_a_jump():
    assert smooth([3.0] * 5) == pytest.approx([3.0] * 5)
    jump = smooth([0.0] * 50 + [1.0] * 50)
    assert jump[50] == pytest.approx(0.1, rel=0.01) and jump[-1] == pytest.approx(1, abs=0.01)


def test_the_rate_is_a_tenth_of_where_the_loss_has_fallen_most_of_the_way():
    rates = tuple(10 ** (-6 + 6 * step / 99) for step in range(100))
    # falls from 1e-3 to 1e-2, and is lowest somewhere on a plain from there to 1
    found = []
    for lowest in (80, 99):
        losses = [1.0 - 0.95 * min(max((math.log10(rate) + 3), 0), 1) for rate in rates]
        losses[lowest] -= 0.01
        found.append(LearningRateRange(rates, tuple(losses)).rate)
    assert found[0] == pytest.approx(found[1], rel=0.2)
    assert 1e-3 < found[0] < 1e-2  # a tenth of it, and a few steps later: the average lags


def test_a_loss_that_is_never_finite_is_told():
    module = Valley()
    module.places[0].data.fill_(math.inf)
    with pytest.raises(DataError, match="diverged after 0 of 100 steps"):
        range_test(module, Batches(), CONFIG)


def test_several_devices_are_refused():
    with pytest.raises(ConfigError, match="one device"):
        range_test(Valley(), Batches(), TrainingConfig(device="cpu", devices=2))
