"""The whole of it: what it promises of any batch."""

import pytest
import torch

from triptych.frame.rng import CounterRNG
from triptych.multitask import Batch, Target
from triptych.multitask.augmentation import AugmentationConfig, augment
from triptych.multitask.structures.geometry import mask_to_box

COUNT = 12
CONFIGS = [
    AugmentationConfig(),
    AugmentationConfig(level="strong", blur=0.5, erase=0.5, quarter_turns=0.3, grey=0.3),
]


def stream(batch: Batch, epoch: int = 0) -> CounterRNG:
    return CounterRNG([4, 0, epoch], batch.indices)


def batch_of(channels: int = 3, height: int = 24, width: int = 32) -> Batch:
    numbers = torch.arange(COUNT)
    rng = CounterRNG([9], numbers)
    mask = torch.zeros(COUNT, height, width, dtype=torch.bool)
    mask[:, 8:16, 6:20] = True
    return Batch.of(
        rng.uniform("image", channels, height, width),
        numbers,
        label=numbers,
        mask=Target(mask, numbers % 2 == 0),
        box=Target(mask_to_box(mask), numbers % 3 == 0),
        circle=torch.tensor([[13.0, 12.0, 8.1]]).repeat(COUNT, 1),
        semantic=mask.long(),
        keypoints=torch.tensor([[[6.0, 8, 2], [20, 16, 1]]]).repeat(COUNT, 1, 1),
    )


def same(first: Batch, second: Batch) -> bool:
    if not torch.equal(first.images, second.images):
        return False
    for name, target in first.targets.items():
        other = second.targets[name]
        if not torch.equal(*target.select(target.values)[:1], *other.select(other.values)[:1]):
            return False
    return True


def test_level_none_gives_the_batch_back() -> None:
    batch = batch_of()
    assert augment(batch, AugmentationConfig(level="none"), stream(batch)) is batch


@pytest.mark.parametrize("config", CONFIGS)
def test_equal_seeds_give_equal_batches_and_others_give_others(config: AugmentationConfig) -> None:
    batch = batch_of()
    once = augment(batch, config, stream(batch))
    assert same(once, augment(batch, config, stream(batch)))
    assert not same(once, augment(batch, config, stream(batch, epoch=1)))


@pytest.mark.parametrize("config", CONFIGS)
def test_an_image_does_not_depend_on_its_neighbors(config: AugmentationConfig) -> None:
    batch = batch_of()
    whole = augment(batch, config, stream(batch))
    for rows in (torch.tensor([5]), torch.tensor([7, 2, 11])):
        some = batch.select(rows)
        assert same(whole.select(rows), augment(some, config, stream(some)))


@pytest.mark.parametrize("config", CONFIGS)
def test_the_batch_that_is_given_stays_as_it_is(config: AugmentationConfig) -> None:
    batch, untouched = batch_of(), batch_of()
    augment(batch, config, stream(batch))
    assert same(batch, untouched)


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_images_keep_shape_kind_and_bounds(channels: int) -> None:
    batch = batch_of(channels)
    for config in CONFIGS:
        changed = augment(batch, config, stream(batch))
        assert changed.images.shape == batch.images.shape
        assert changed.images.dtype == torch.float32
        assert changed.images.min() >= 0 and changed.images.max() <= 1
        for name, target in batch.targets.items():
            values = changed[name]
            assert values.shape == target.values.shape and values.dtype == target.values.dtype


def test_absent_rows_may_hold_anything() -> None:
    batch = batch_of()
    targets = dict(batch.targets)
    box = targets["box"]
    assert box.present is not None
    targets["box"] = Target(box.values.masked_fill(~box.present[:, None], torch.nan), box.present)
    hostile = Batch(batch.images, batch.indices, targets)
    for config in CONFIGS:
        assert same(augment(batch, config, stream(batch)), augment(hostile, config, stream(batch)))


def test_only_the_geometry_moves_targets() -> None:
    batch = batch_of()
    config = AugmentationConfig(
        level="strong", flip=0, rotate=0, scale=0, translate=0, erase=1, blur=1
    )
    changed = augment(batch, config, stream(batch))
    assert changed.targets == batch.targets
    assert (changed.images != batch.images).flatten(1).any(1).all()


def test_a_mosaic_is_moved_with_its_maps() -> None:
    batch = batch_of()
    plain = Batch.of(batch["semantic"][:, None].float(), batch.indices, semantic=batch["semantic"])
    config = AugmentationConfig(level="none", mosaic=1, flip=0.5, translate=0.2)
    changed = augment(plain, config, stream(plain))
    known = changed["semantic"] >= 0
    differ = (changed.images[:, 0].round().long() != changed["semantic"]) & known
    assert differ.float().mean() < 0.05
    assert (changed["semantic"] == 1).flatten(1).any(1).all()


def test_an_empty_batch_stays_empty() -> None:
    empty = batch_of().select(torch.arange(0))
    config = AugmentationConfig(level="strong", mosaic=0.5)
    assert len(augment(empty, config, stream(empty))) == 0
