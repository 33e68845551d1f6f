"""What every dataset promises: batches by number, the same again, others in each epoch."""

from typing import Any

import pytest
import torch
from jaxtyping import Int
from pydantic import Field
from torch import Tensor

from triptych.frame.errors import ConfigError, UnknownNameError
from triptych.frame.rng import CounterRNG
from triptych.multitask import DatasetInfo
from triptych.multitask.data.dataset import Dataset, DatasetConfig, Split
from triptych.multitask.structures.batch import Batch


class Noise(Dataset):
    """Ten images of random grey in each split, told by their mean."""

    class Config(DatasetConfig):
        level: float = Field(1.0, ge=0, le=1)

    config_class = Config

    @classmethod
    def open(cls, source: str | None, options: Any = None, **context: Any) -> "Noise":
        context.pop("progress", None)
        return cls(options, **context)

    @classmethod
    def default_source(cls) -> str:
        return "chance"

    @property
    def info(self) -> DatasetInfo:
        return DatasetInfo("noise", 1, 4, 4, ("mean",))

    def size(self, split: Split) -> int:
        return 10

    def make_batch(self, split: Split, indices: Int[Tensor, " batch"], rng: CounterRNG) -> Batch:
        images = rng.uniform("noise", 1, 4, 4)
        return Batch.of(images, indices, mean=images.mean((1, 2, 3)))

    def fingerprint(self) -> str:
        return "0" * 16


def noise(seed: int = 0, **options: Any) -> Noise:
    return Noise.open(None, options, seed=seed)


def test_an_image_is_the_same_in_any_batch() -> None:
    whole = noise().batch("train", torch.arange(10))
    some = noise().batch("train", torch.tensor([7, 2]))
    assert torch.equal(some.images, whole.images[[7, 2]])
    assert torch.equal(some["mean"], whole["mean"][[7, 2]])


def test_training_images_change_with_the_epoch_and_held_out_ones_never_do() -> None:
    indices = torch.arange(4)
    first, second = (noise().batch("train", indices, epoch).images for epoch in (0, 1))
    assert not torch.isclose(first, second).any()
    for split in ("validation", "test"):
        first, second = (noise().batch(split, indices, epoch).images for epoch in (0, 1))
        assert torch.equal(first, second)


def test_test_images_are_those_of_everybody_whatever_the_seed() -> None:
    indices = torch.arange(4)
    one, two = noise(1), noise(2)
    assert torch.equal(one.batch("test", indices).images, two.batch("test", indices).images)
    for split in ("train", "validation"):
        assert not torch.equal(one.batch(split, indices).images, two.batch(split, indices).images)


def test_a_split_is_handed_over_in_order_and_whole() -> None:
    batches = list(noise().batches("validation", 4))
    assert [len(batch.images) for batch in batches] == [4, 4, 2]
    assert torch.cat([batch.indices for batch in batches]).tolist() == list(range(10))


def test_settings_are_checked_by_name_and_range() -> None:
    assert noise(level="0.5").config.level == 0.5
    with pytest.raises(UnknownNameError, match=r"no setting 'levl'\. Did you mean 'level'"):
        noise(levl=1)
    with pytest.raises(ConfigError, match=r"Setting 'level': .* got 2"):
        noise(level=2)
