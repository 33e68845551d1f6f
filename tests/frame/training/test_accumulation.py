"""Gradients of several batches make a step as one large batch does."""

from pathlib import Path
from typing import Any

import lightning as L
import pytest
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from triptych.frame.config import TrainingConfig
from triptych.frame.errors import UnknownNameError
from triptych.frame.progress import ProgressEvent
from triptych.frame.training.accumulation import batches_in_step
from triptych.frame.training.optimizer import adamw_one_cycle
from triptych.frame.training.trainer import build_trainer, fit

X = torch.randn(40, 6, generator=torch.Generator().manual_seed(1))
Y = X.sin().sum(1, keepdim=True)


class Line(L.LightningModule):
    def __init__(self, config: TrainingConfig):
        super().__init__()
        torch.manual_seed(0)
        self.config = config
        self.net = nn.Sequential(nn.Linear(6, 8), nn.Tanh(), nn.Linear(8, 1))
        self.rates: list[float] = []

    def training_step(self, batch: list[Tensor], batch_idx: int) -> Tensor:
        self.rates.append(self.trainer.optimizers[0].param_groups[0]["lr"])
        return (self.net(batch[0]) - batch[1]).square().mean()

    def validation_step(self, batch: list[Tensor], batch_idx: int) -> None:
        self.log("score", -(self.net(batch[0]) - batch[1]).square().mean())

    def configure_optimizers(self) -> Any:
        return adamw_one_cycle(self, self.config)


class Data(L.LightningDataModule):
    def __init__(self, batch: int):
        super().__init__()
        self.batch = batch

    def train_dataloader(self) -> Any:
        return DataLoader(TensorDataset(X, Y), self.batch)

    val_dataloader = train_dataloader


def trained(folder: Path, batch: int, accumulate: int, told: list | None = None) -> Line:
    config = TrainingConfig(
        epochs=3, batch=batch, accumulate=accumulate, device="cpu", precision="fp32"
    )
    folder.mkdir()
    module = Line(config)
    heard = [] if told is None else told
    trainer = build_trainer(config, folder, progress=heard.append, monitor="score")
    fit(trainer, module, Data(batch), folder)
    return module


def test_a_step_of_four_batches_is_that_of_one_as_large_the_last_of_two_too(tmp_path: Path):
    large, small = trained(tmp_path / "a", 16, 1), trained(tmp_path / "b", 4, 4)
    # 40 images: steps of 16, 16 and 8, for each of 3 epochs; the schedule counts steps
    assert len(large.rates) == 9 and len(small.rates) == 30
    assert sorted(set(small.rates)) == pytest.approx(sorted(set(large.rates)))
    for one, other in zip(large.net.parameters(), small.net.parameters()):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)


def test_progress_counts_steps_once(tmp_path: Path):
    told: list[ProgressEvent] = []
    trained(tmp_path / "a", 4, 2, told)
    assert [(event.done, event.total) for event in told] == [(10, 15), (15, 15)]


def test_the_last_step_of_an_epoch_has_the_batches_that_are_left():
    assert [batches_in_step(number, 7, 3) for number in range(7)] == [3] * 6 + [1]
    assert batches_in_step(1, 2, 8) == 2


@pytest.mark.parametrize("name", ["accumulate_grad_batches", "gradient_accumulation_steps"])
def test_what_others_call_it_is_understood(name: str):
    with pytest.raises(UnknownNameError, match="Did you mean 'accumulate'"):
        TrainingConfig.merge({name: 4})
