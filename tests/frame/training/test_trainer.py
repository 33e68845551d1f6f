"""A Trainer that keeps the best epoch, goes on where it stopped, and says how it goes."""

from collections.abc import Iterator
from pathlib import Path
from time import perf_counter, sleep

import lightning as L
import pytest
import torch
from lightning.pytorch.callbacks import Callback
from torch import Tensor, nn

from triptych.frame.config import TrainingConfig
from triptych.frame.errors import RunError
from triptych.frame.progress import no_progress
from triptych.frame.training import distributed
from triptych.frame.training import trainer as trainer_module
from triptych.frame.training.callbacks import read_history
from triptych.frame.training.checkpoints import CHECKPOINTS
from triptych.frame.training.distributed import device_of
from triptych.frame.training.optimizer import adamw_one_cycle
from triptych.frame.training.trainer import build_trainer, fit, lightning_devices

STEPS = 3
PLAIN = {"device": "cpu", "precision": "fp32", "ema_decay": 0.0}


class Lesson(L.LightningModule):
    """Learns a line; its validation figure follows a script."""

    def __init__(self, scores: list[float]):
        super().__init__()
        torch.manual_seed(0)
        self.line, self.scores = nn.Linear(2, 1), scores
        self.seen: list[Tensor] = []

    def training_step(self, batch: Tensor, number: int) -> Tensor:
        return self.line(batch).square().mean()

    def validation_step(self, batch: Tensor, number: int) -> None:
        self.seen.append(self.line.weight.detach().clone())
        self.log("score", torch.tensor(self.scores[self.current_epoch]))

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.SGD(self.parameters(), lr=0.05)


class Batches:
    """Batches in order. (Lightning takes a plain list for several loaders.)"""

    def __init__(self, batches: list[Tensor]):
        self.batches = batches

    def __len__(self) -> int:
        return len(self.batches)

    def __iter__(self) -> Iterator[Tensor]:
        return iter(self.batches)


class Lines(L.LightningDataModule):
    def train_dataloader(self) -> Batches:
        return Batches([torch.ones(4, 2) * step for step in range(STEPS)])

    def val_dataloader(self) -> Batches:
        return Batches([torch.ones(1, 2)])


class Stop(Callback):
    """Ends the training at the start of an epoch, with this error."""

    def __init__(self, epoch: int, error: BaseException):
        self.epoch, self.error = epoch, error

    def on_train_epoch_start(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        if trainer.current_epoch == self.epoch:
            raise self.error


def trained(
    folder: Path, scores: list[float], *callbacks: Callback, watch=no_progress, **settings
) -> Lesson:
    folder.mkdir(exist_ok=True)
    lesson = Lesson(scores)
    given = TrainingConfig.merge(PLAIN, {"epochs": len(scores)}, settings)
    trainer = build_trainer(given, folder, progress=watch, monitor="score", callbacks=callbacks)
    fit(trainer, lesson, Lines(), folder)
    return lesson


def test_the_best_epoch_is_kept(tmp_path: Path):
    lesson = trained(tmp_path, [0.1, 0.9, 0.5])
    assert lesson.line.weight.equal(lesson.seen[1])
    assert not lesson.seen[2].equal(lesson.seen[1])


def test_the_last_epoch_is_kept_beside_the_best(tmp_path: Path):
    trained(tmp_path, [0.1, 0.9, 0.5, 0.4])
    files = tmp_path / "checkpoints"
    assert {file.name for file in files.iterdir()} == {"best.ckpt", "last.ckpt"}
    epochs = {file.stem: torch.load(file, weights_only=True)["epoch"] for file in files.iterdir()}
    assert epochs == {"best": 1, "last": 3}


def test_a_stopped_training_goes_on_behind_its_last_epoch(tmp_path: Path, restored_signal: None):
    with pytest.raises(KeyboardInterrupt):
        trained(tmp_path, [0.9, 0.5, 0.4, 0.3], Stop(3, KeyboardInterrupt()))
    assert len(read_history(tmp_path)) == 3
    again = trained(tmp_path, [0.9, 0.5, 0.4, 0.3])
    assert len(again.seen) == 1 and len(read_history(tmp_path)) == 4


def test_seconds_of_training_are_handed_back(tmp_path: Path):
    class Pause(Callback):
        def on_train_start(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
            sleep(0.2)

    lesson, began = Lesson([0.5]), perf_counter()
    given = TrainingConfig.merge(PLAIN, {"epochs": 1})
    trainer = build_trainer(
        given, tmp_path, progress=no_progress, monitor="score", callbacks=[Pause()]
    )
    seconds = fit(trainer, lesson, Lines(), tmp_path)
    assert 0.2 <= seconds <= perf_counter() - began


@pytest.mark.parametrize("average", [0.0, 0.99])
def test_a_stopped_training_goes_on_to_the_same_weights(tmp_path: Path, average: float):
    scores = [0.1, 0.2, 0.3, 0.4]
    whole = trained(tmp_path / "whole", scores, ema_decay=average)
    with pytest.raises(RuntimeError, match="cut"):
        trained(tmp_path / "cut", scores, Stop(2, RuntimeError("cut")), ema_decay=average)
    resumed = trained(tmp_path / "cut", scores, ema_decay=average)
    assert resumed.line.weight.equal(whole.line.weight)
    assert len(resumed.seen) == 2
    rows = [read_history(tmp_path / name) for name in ("whole", "cut")]
    assert rows[0] == rows[1] and [row["epoch"] for row in rows[0]] == [1, 2, 3, 4]


def test_averaged_weights_are_the_mean_over_time(tmp_path: Path):
    class Note(Callback):
        def __init__(self) -> None:
            self.weights: list[Tensor] = []

        def on_train_batch_end(self, trainer, pl_module, *rest) -> None:
            self.weights.append(pl_module.line.weight.detach().clone())

    note = Note()
    lesson = trained(tmp_path, [0.1, 0.2], note, ema_decay=0.5)
    mean = note.weights[0]
    for step, weight in enumerate(note.weights[1:], 1):
        kept = min(0.5, (1 + step) / (10 + step))
        mean = kept * mean + (1 - kept) * weight
    assert torch.allclose(lesson.line.weight, mean, atol=1e-6)
    assert lesson.seen[-1].equal(lesson.line.weight.detach())


def test_it_stops_early_when_nothing_gets_better(tmp_path: Path):
    trained(tmp_path, [0.5, 0.4, 0.3, 0.9], patience=2)
    assert [row["score"] for row in read_history(tmp_path)] == pytest.approx([0.5, 0.4, 0.3])


def test_being_stopped_by_hand_is_handed_on(tmp_path: Path, restored_signal: None):
    with pytest.raises(KeyboardInterrupt):
        trained(tmp_path, [0.1, 0.2], Stop(1, KeyboardInterrupt()))
    assert len(read_history(tmp_path)) == 1


@pytest.fixture
def restored_signal() -> Iterator[None]:
    """Lightning leaves Ctrl-C switched off; the rest of the tests want it."""
    import signal

    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 cut", b"\x80\x02c__builtin__\neval\n."])
def test_a_damaged_checkpoint_is_told(tmp_path: Path, damage: bytes):
    trained(tmp_path, [0.1])
    (tmp_path / CHECKPOINTS / "last.ckpt").write_bytes(damage)
    with pytest.raises(RunError, match=r"last\.ckpt is damaged\. Delete it") as told:
        trained(tmp_path, [0.1, 0.2])
    assert "\n" not in str(told.value)


def test_a_checkpoint_cut_short_is_told(tmp_path: Path):
    trained(tmp_path, [0.1])
    path = tmp_path / CHECKPOINTS / "last.ckpt"
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(RunError, match=r"last\.ckpt is damaged"):
        trained(tmp_path, [0.1, 0.2])


def test_devices_are_named_for_lightning(monkeypatch: pytest.MonkeyPatch):
    assert lightning_devices("cpu", 2) == ("cpu", 2)
    monkeypatch.setattr(trainer_module, "resolve_device", torch.device)
    assert lightning_devices("cuda", 2) == ("cuda", 2)
    assert lightning_devices("cuda:1", 1) == ("cuda", [1])


# --- learning ---


class Small(L.LightningModule):
    """Weights, biases, a norm, and a part that is not to learn."""

    def __init__(self, settings: TrainingConfig):
        super().__init__()
        torch.manual_seed(0)
        self.settings = settings
        self.net = nn.Sequential(nn.Linear(2, 3), nn.LayerNorm(3), nn.Linear(3, 1))
        self.frozen = nn.Linear(2, 2).requires_grad_(False)
        self.rates: list[float] = []

    def training_step(self, batch: Tensor, number: int) -> Tensor:
        self.rates.append(self.optimizers().param_groups[0]["lr"])  # pyright: ignore
        return self.net(batch).square().mean()

    def validation_step(self, batch: Tensor, number: int) -> None:
        self.log("score", torch.tensor(0.5))

    def configure_optimizers(self):
        return adamw_one_cycle(self, self.settings)


def learnt(folder: Path, **settings) -> Small:
    given = TrainingConfig.merge(PLAIN, settings)
    module = Small(given)
    trainer = build_trainer(given, folder, progress=no_progress, monitor="score")
    fit(trainer, module, Lines(), folder)
    return module


def test_weights_are_decayed_but_neither_biases_nor_norms(tmp_path: Path):
    module = learnt(tmp_path, epochs=1, weight_decay=0.25)
    weights, others = module.optimizers().param_groups  # pyright: ignore
    assert weights["weight_decay"] == 0.25 and others["weight_decay"] == 0
    assert {id(p) for p in weights["params"]} == {
        id(module.net[0].weight),
        id(module.net[2].weight),
    }
    assert len(others["params"]) == 4  # two biases; scale and shift of the norm


def test_what_is_frozen_is_not_handed_to_the_optimizer(tmp_path: Path):
    module = learnt(tmp_path, epochs=1)
    learning = [p for group in module.optimizers().param_groups for p in group["params"]]  # pyright: ignore
    assert len(learning) == 6
    assert not {id(p) for p in learning} & {id(p) for p in module.frozen.parameters()}


def test_the_rate_rises_for_the_share_of_warmup_then_falls_to_nothing(tmp_path: Path):
    module = learnt(tmp_path, epochs=10, lr=0.01, warmup_fraction=0.2)
    rates = module.rates
    assert len(rates) == 10 * STEPS
    top = max(rates)
    assert top == pytest.approx(0.01, rel=1e-3)
    assert rates.index(top) == round(0.2 * len(rates)) - 1  # PyTorch counts steps from 0
    assert rates == sorted(rates[: rates.index(top)]) + sorted(rates[rates.index(top) :])[::-1]
    assert rates[0] == pytest.approx(0.01 / 25) and rates[-1] < 1e-6


def test_each_process_takes_the_device_of_its_rank(monkeypatch: pytest.MonkeyPatch):
    def taken(name: str) -> torch.device:
        return device_of(TrainingConfig(device=name, devices=2))

    monkeypatch.delenv("LOCAL_RANK", raising=False)
    monkeypatch.setattr(distributed, "resolve_device", torch.device)
    assert taken("cuda") == torch.device("cuda", 0)
    monkeypatch.setenv("LOCAL_RANK", "1")
    assert taken("cuda") == torch.device("cuda", 1)
    assert taken("cuda:3") == torch.device("cuda", 3)
    assert taken("cpu") == torch.device("cpu")
