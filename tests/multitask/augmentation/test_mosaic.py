"""Four images in one, by hand."""

import torch

from triptych.frame.rng import CounterRNG
from triptych.multitask import Batch, Target
from triptych.multitask.augmentation import AugmentationConfig
from triptych.multitask.augmentation.mosaic import random_mosaic

ALL = AugmentationConfig(level="none", mosaic=1)
COUNT = 6


def numbered(height: int = 4, width: int = 6, **targets: torch.Tensor | Target) -> Batch:
    """Images each of one brightness, its number in tenths."""
    images = (torch.arange(COUNT) / 10)[:, None, None, None].expand(COUNT, 1, height, width)
    return Batch.of(images.clone(), torch.arange(COUNT), **targets)


def mosaic(batch: Batch, config: AugmentationConfig = ALL) -> Batch:
    return random_mosaic(batch, config, CounterRNG([1], batch.indices))


def test_each_quarter_shows_an_image_and_one_its_own() -> None:
    numbers = (mosaic(numbered()).images[:, 0] * 10).round().long()
    quarters = [numbers[:, :2, :3], numbers[:, :2, 3:], numbers[:, 2:, :3], numbers[:, 2:, 3:]]
    shown = torch.stack([quarter.flatten(1) for quarter in quarters], 1)
    assert (shown == shown[..., :1]).all()
    for own, row in enumerate(shown[..., 0].tolist()):
        assert row.count(own) == 1  # the others are others


def test_class_maps_and_masks_follow_their_images() -> None:
    classes = torch.arange(COUNT)[:, None, None].expand(COUNT, 4, 6).contiguous()
    made = mosaic(numbered(semantic=classes, mask=classes % 2 == 0))
    numbers = (made.images[:, 0] * 10).round().long()
    assert (made["semantic"] == numbers).all()
    assert (made["mask"] == (numbers % 2 == 0)).all()
    known = made.targets["semantic"].present
    assert known is not None and known.all()


def test_a_pixel_is_the_mean_of_four_and_in_the_mask_where_half_are() -> None:
    images = torch.tensor([[0.0, 1, 0, 0], [1, 0, 0, 1]]).expand(2, 1, 2, 4).clone()
    made = random_mosaic(
        Batch.of(images, torch.arange(2), mask=images[:, 0] > 0.5),
        ALL,
        CounterRNG([0], torch.arange(2)),
    )
    assert made.images[0, 0].tolist() == [[0.5, 0.25, 0.5, 0.25]] * 2
    assert made["mask"][0].tolist() == [[True, False, True, False]] * 2


def test_what_is_about_one_thing_is_absent() -> None:
    made = mosaic(
        numbered(label=torch.arange(COUNT), box=torch.zeros(COUNT, 4), circle=torch.zeros(COUNT, 3))
    )
    for name in ("label", "box", "circle"):
        known = made.targets[name].present
        assert known is not None and not known.any()


def test_what_is_not_known_of_a_quarter_does_not_count() -> None:
    classes = torch.arange(COUNT)[:, None, None].expand(COUNT, 4, 6).contiguous()
    has = torch.arange(COUNT) != 3
    made = mosaic(
        numbered(
            semantic=Target(classes, has),
            mask=Target((classes > 1).to(torch.int8), has),
            plain=Target(classes > 1, has),
        )
    )
    numbers = (made.images[:, 0] * 10).round().long()
    without = (numbers == 3).flatten(1).any(1)
    assert without.any() and not without.all()
    assert (made["semantic"] == numbers.masked_fill(numbers == 3, -1)).all()
    assert (made["mask"] == (numbers > 1).to(torch.int8).masked_fill(numbers == 3, -1)).all()
    assert made.targets["semantic"].count() == COUNT
    known = made.targets["plain"].present
    assert known is not None and (known == ~without).all()


def test_odd_sides_are_filled() -> None:
    made = mosaic(numbered(5, 7, semantic=torch.ones(COUNT, 5, 7).long()))
    assert made.images.shape == (COUNT, 1, 5, 7)
    assert (made["semantic"] == 1).all()


def test_as_many_are_mosaics_as_asked_and_the_rest_stay() -> None:
    batch = Batch.of(torch.rand(400, 1, 2, 2), torch.arange(400), label=torch.arange(400))
    made = mosaic(batch, AugmentationConfig(level="none", mosaic=0.25))
    known = made.targets["label"].present
    assert known is not None and 0.7 < known.float().mean() < 0.8
    assert (made.images[known] == batch.images[known]).all()


def test_an_image_by_itself_stays() -> None:
    batch = numbered().select(torch.tensor([2]))
    assert mosaic(batch) is batch
