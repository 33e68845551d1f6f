"""A batch by the memory at hand, and by the steps of an epoch."""

from pathlib import Path

import pytest
import torch

from triptych.frame.config import TrainingConfig
from triptych.frame.errors import ConfigError
from triptych.multitask import Dataset, open_dataset
from triptych.multitask.engine.lightning_module import MultitaskModule
from triptych.multitask.engine.tuning import batch_size
from triptych.multitask.engine.tuning.batch_size import choose_batch, step_bytes, step_fits
from triptych.multitask.model.multitask_model import MultitaskModel

CONFIG = TrainingConfig(device="cpu")
GIB = 2**30


@pytest.fixture(scope="module")
def data(few_digits: Path) -> Dataset:
    return open_dataset("digits", str(few_digits))


@pytest.fixture
def module(data: Dataset) -> MultitaskModule:
    torch.manual_seed(0)
    return MultitaskModule(MultitaskModel(data.info, ["label"]), CONFIG, {"digit": 1.0})


@pytest.fixture(autouse=True)
def plenty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_size, "available_memory", lambda: 8 * GIB)


@pytest.mark.parametrize(
    ("usual", "limit", "batch"), [(128, None, 16), (16, None, 16), (128, 66, 8), (128, 5, 5)]
)
def test_an_epoch_has_eight_steps(
    module: MultitaskModule, data: Dataset, usual: int, limit: int | None, batch: int
):
    choice = choose_batch(module, data, CONFIG, usual=usual, limit=limit)  # 220 images
    assert (choice.batch, choice.accumulate) == (batch, 1)


def test_where_memory_is_short_a_step_takes_several_batches(
    module: MultitaskModule, data: Dataset, monkeypatch: pytest.MonkeyPatch
):
    fixed, each = step_bytes(module, data.batch("train", torch.arange(4)))
    room = int((fixed + 5 * each) / batch_size.SHARE)
    monkeypatch.setattr(batch_size, "available_memory", lambda: room)
    choice = choose_batch(module, data, CONFIG, usual=16)
    assert (choice.batch, choice.accumulate) == (4, 4)
    assert str(choice).startswith("Batch 4, 4 of them a step: an epoch of 220 training images")
    monkeypatch.setattr(batch_size, "available_memory", lambda: fixed)
    with pytest.raises(ConfigError, match="Not even 2 images"):
        choose_batch(module, data, CONFIG, usual=16)


def test_memory_grows_with_the_images_and_the_module_stays_as_it_is(
    module: MultitaskModule, data: Dataset
):
    before = {name: value.clone() for name, value in module.state_dict().items()}
    state = torch.random.get_rng_state()
    fixed, each = step_bytes(module, data.batch("train", torch.arange(4)))
    again, more = step_bytes(module, data.batch("train", torch.arange(16)))
    assert fixed == again == 5 * 4 * sum(value.numel() for value in module.parameters())
    assert more == pytest.approx(each, rel=0.05)
    assert step_fits(module, data, 4)
    assert all(torch.equal(value, before[name]) for name, value in module.state_dict().items())
    assert all(value.grad is None for value in module.parameters())
    assert torch.equal(torch.random.get_rng_state(), state)


def test_a_step_that_an_accelerator_cannot_hold_is_halved(
    module: MultitaskModule, data: Dataset, monkeypatch: pytest.MonkeyPatch
):
    real = MultitaskModel.forward

    def forward(model: MultitaskModel, images: torch.Tensor) -> dict:
        if len(images) > 4:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return real(model, images)

    monkeypatch.setattr(MultitaskModel, "forward", forward)
    assert not step_fits(module, data, 5) and step_fits(module, data, 4)
    assert batch_size._largest(32, lambda count: step_fits(module, data, count)) == 4


def test_several_devices_are_refused(module: MultitaskModule, data: Dataset):
    with pytest.raises(ConfigError, match="one device"):
        choose_batch(module, data, TrainingConfig(device="cpu", devices=2), usual=32)
