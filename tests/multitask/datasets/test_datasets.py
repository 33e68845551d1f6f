"""The contract of every dataset: batches by index, exact targets, splits that share nothing."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from torch import Tensor

from triptych import multitask
from triptych.frame.errors import ConfigError, UnknownNameError
from triptych.multitask import DATASETS, Batch, Dataset
from triptych.multitask.data.dataset import SPLITS
from triptych.multitask.datasets import emoji, open_dataset
from triptych.multitask.structures.geometry import mask_to_box

EMOJI = [{}, {"ground": "any", "distractors": 3}, {"scale": 0.5, "rotation": 360}, {"hard": True}]
CASES = [(name, {}) for name in DATASETS if name != "emoji"] + [("emoji", set_) for set_ in EMOJI]
CASES.append(("digits", {"ground": "black"}))


@pytest.fixture(params=CASES, ids=lambda case: f"{case[0]} {'+'.join(case[1])}")
def dataset(request: pytest.FixtureRequest, few_digits: Path) -> Dataset:
    return opened(request.param[0], few_digits, request.param[1])


@pytest.fixture(autouse=True)
def own_pictures(few_pictures: Path, tmp_path_factory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIPTYCH_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))
    monkeypatch.setitem(SOURCE_OF, "images", str(few_pictures))


SOURCE_OF = {"emoji": "drawn", "emoji-crowd": "drawn"}
NOT_DIGITS = (*SOURCE_OF, "images")


def opened(name: str, few_digits: Path, options: dict | None = None, **more) -> Dataset:
    return open_dataset(name, SOURCE_OF.get(name, str(few_digits)), options, **more)


def alike(one: Batch, other: Batch) -> bool:
    same = torch.equal(one.images, other.images) and torch.equal(one.indices, other.indices)
    names = one.target_names()
    return (
        same
        and names == other.target_names()
        and all(torch.equal(one[name], other[name]) for name in names)
    )


def rows(batch: Batch, some: list[int]) -> Batch:
    return batch.select(torch.tensor(some))


@pytest.mark.parametrize("split", SPLITS)
def test_an_image_does_not_depend_on_its_batch(dataset: Dataset, split: str):
    whole = dataset.batch(split, torch.arange(8), epoch=3)
    for some in ([5], [7, 2, 2, 0]):
        found = dataset.batch(split, torch.tensor(some), epoch=3)
        picked = rows(whole, some)
        assert found.images.shape == picked.images.shape
        assert torch.allclose(found.images, picked.images, atol=1e-6)
        assert found.target_names() == picked.target_names()
        for target in found.target_names():
            assert torch.allclose(found[target].float(), picked[target].float(), atol=1e-4), target


@pytest.mark.parametrize("split", SPLITS)
def test_the_info_says_what_batches_are_like(dataset: Dataset, split: str):
    info, batch = dataset.info, dataset.batch(split, torch.arange(4))
    assert batch.images.shape == (4, info.channels, info.height, info.width)
    assert batch.images.min() >= 0 and batch.images.max() <= 1
    assert set(batch.target_names()) == set(info.targets)
    assert batch.indices.tolist() == [0, 1, 2, 3]
    for target, names in (("label", info.classes), ("attribute", info.attributes)):
        if target in info.targets:
            assert batch[target].max() < len(names)
    for target, numbers in (("boxes", 4), ("circles", 3)):
        if target in batch:
            assert batch[target].shape[2] == numbers + 2
            assert batch[target][..., -2].min() >= -1
            assert 0 <= batch[target][..., -2].max() < len(info.classes)
    if "semantic" in batch:
        assert 0 < batch["semantic"].max() < len(info.semantic_classes)
    assert type(info).from_dict(info.to_dict()) == info


def test_training_images_change_from_epoch_to_epoch_and_test_images_never(dataset: Dataset):
    some = torch.arange(8)
    assert not alike(dataset.batch("train", some, 0), dataset.batch("train", some, 1))
    assert alike(dataset.batch("test", some, 0), dataset.batch("test", some, 1))
    assert alike(dataset.batch("validation", some, 1), dataset.batch("validation", some, 1))


def test_splits_draw_on_different_chance(dataset: Dataset):
    some = torch.arange(8)
    first = [dataset.batch(split, some).images for split in SPLITS]
    assert not first[0].equal(first[1]) and not first[1].equal(first[2])
    assert not first[0].equal(first[2])


def test_a_split_comes_whole_and_in_order(dataset: Dataset, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(emoji.SPLIT_SIZES, "validation", 20)
    size = dataset.size("validation")
    found = [batch.indices for batch in dataset.batches("validation", 7)]
    assert torch.cat(found).equal(torch.arange(size))
    assert max(map(len, found)) <= 7


def test_test_images_are_the_same_whatever_the_seed(few_digits: Path):
    for name in DATASETS:
        one, other = (opened(name, few_digits, seed=seed) for seed in (0, 1))
        some = torch.arange(6)
        assert alike(one.batch("test", some), other.batch("test", some))
        assert not alike(one.batch("train", some), other.batch("train", some))


@pytest.mark.parametrize("name", [name for name in DATASETS if name not in NOT_DIGITS])
def test_train_and_test_share_no_image(name: str, few_digits: Path):
    dataset = opened(name, few_digits)
    seen = {
        split: {image.numpy().tobytes() for image in dataset.cutouts(split).images}
        for split in SPLITS
    }
    assert all(seen[split] for split in SPLITS)
    assert not seen["train"] & seen["validation"]
    assert not (seen["train"] | seen["validation"]) & seen["test"]


def circle_holds(circle: Tensor, mask: Tensor, slack: float) -> bool:
    y, x = np.nonzero(mask.numpy())
    middles = np.stack([x, y], 1) + 0.5
    distance = np.hypot(*(middles - circle[:2].numpy()).T)
    return bool(distance.max() <= circle[2] + slack)


def test_boxes_circles_and_masks_are_of_one_thing(dataset: Dataset):
    batch = dataset.batch("train", torch.arange(24))
    if "mask" in batch and "box" in batch:
        assert batch["box"].equal(mask_to_box(batch["mask"]))
    if "mask" in batch and "circle" in batch:
        for circle, mask in zip(batch["circle"], batch["mask"]):
            assert circle_holds(circle, mask, slack=0.5)


@pytest.mark.parametrize("name", ["digits", "emoji"])
def test_whole_circles_are_the_smallest_around_the_mask(name: str, few_digits: Path):
    batch = opened(name, few_digits).batch("train", torch.arange(24))
    for circle, mask in zip(batch["circle"], batch["mask"]):
        y, x = np.nonzero(mask.numpy())
        corners = [np.stack([x + dx, y + dy], 1) for dx in (0, 1) for dy in (0, 1)]
        center, radius = cv2.minEnclosingCircle(np.concatenate(corners).astype(np.float32))
        assert circle.tolist() == pytest.approx([*center, radius], abs=0.01)


def test_digits_keep_their_ink_where_they_are_moved(few_digits: Path):
    dataset = opened("digits", few_digits, {"ground": "black"})
    moved = dataset.batch("train", torch.arange(40))
    still = dataset.cutouts("train")
    assert moved["mask"] is not None
    assert moved["mask"].flatten(1).sum(1).equal(still.mask[:40].flatten(1).sum(1))
    assert (moved["mask"] != still.mask[:40]).any()


def test_colors_are_in_the_channel_they_name(few_digits: Path):
    batch = opened("colored-digits", few_digits).batch("test", torch.arange(60))
    assert batch.images[:, :2].amax((2, 3)).argmax(1).equal(batch["attribute"])
    assert 0 < batch["attribute"].float().mean() < 1
    assert batch.images[:, 2].max() <= 0.5


def test_mosaics_have_four_digits_and_background(few_digits: Path):
    dataset = opened("mosaic-digits", few_digits)
    batch = dataset.batch("test", torch.arange(30))
    tiles = batch["semantic"].unfold(1, 28, 28).unfold(2, 28, 28).flatten(3).flatten(0, 2)
    for tile in tiles:
        assert len(tile.unique()) == 2 and 0 in tile
    assert set(batch["semantic"].unique().tolist()) == set(range(11))


def test_hard_emoji_are_all_variations_at_once(few_digits: Path):
    settings = {"ground": "any", "scale": 0.5, "rotation": 360, "distractors": 3}
    hard, same = (opened("emoji", few_digits, s) for s in ({"hard": True}, settings))
    assert alike(hard.batch("train", torch.arange(5)), same.batch("train", torch.arange(5)))


@pytest.mark.parametrize("size", [(16, 16), (20, 13)], ids=str)
@pytest.mark.parametrize("name", [name for name in DATASETS if name not in NOT_DIGITS])
def test_folders_of_other_sizes_and_classes_train_unchanged(
    name: str, size: tuple[int, int], tmp_path: Path, write_idx: Callable
):
    rng = np.random.default_rng(0)

    def some(count: int) -> tuple[np.ndarray, list[int]]:
        images = rng.integers(0, 60, (count, *size), dtype=np.uint8)
        for number, image in enumerate(images):
            image[3 : 6 + number % 4, 4:9] += 180
        return images, [number % 4 for number in range(count)]

    folder = write_idx(tmp_path / "set", some(48), some(12))
    trained = multitask.train(
        name, source=str(folder), out=tmp_path / "run", epochs=1, batch=16, device="cpu"
    )
    assert trained.model.info.classes == ("0", "1", "2", "3")
    assert all(0 <= value <= 1 for value in trained.evaluation.metrics.values())


def test_fingerprints_tell_data_and_settings_apart(few_digits: Path):
    plain = opened("digits", few_digits).fingerprint()
    assert plain == opened("digits", few_digits).fingerprint()
    assert plain != opened("digits", few_digits, {"shift": 1}).fingerprint()
    assert plain != opened("circled-digits", few_digits).fingerprint()
    assert plain != opened("digits", few_digits, seed=1).fingerprint()


def test_settings_out_of_range_are_told(few_digits: Path):
    with pytest.raises(ConfigError, match=r"Setting 'shift': .*got '99'"):
        opened("digits", few_digits, {"shift": "99"})
    with pytest.raises(UnknownNameError, match=r"no setting 'grond'. Did you mean 'ground'"):
        opened("emoji", few_digits, {"grond": "white"})
    with pytest.raises(ConfigError, match=r"Setting 'ground': .*'noise'.*got 'blue'"):
        opened("emoji", few_digits, {"ground": "blue"})


def test_a_source_of_other_things_is_refused(few_digits: Path):
    with pytest.raises(ConfigError, match=r"made of emoji.*Use --source drawn or openmoji"):
        open_dataset("emoji", str(few_digits))


def test_the_drawn_source_stands_in_for_the_real_one():
    assert {DATASETS[name].default_source() for name in ("digits", "emoji")} == {"drawn"}
