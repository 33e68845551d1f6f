"""The batches of triplet training."""

from types import SimpleNamespace

import pytest
import torch

from triptych.faces.photos.crop_dataset import CropDataset
from triptych.faces.training import datamodule
from triptych.faces.training.datamodule import TripletDataModule
from triptych.faces.training.setup import resolve_config


def crops(people: int, photos: int) -> CropDataset:
    labels = torch.arange(people).repeat_interleave(photos)
    names = tuple(f"p{number}" for number in range(people))
    images = torch.arange(people * photos, dtype=torch.uint8)[:, None, None, None]
    files = tuple(f"{label}/{place}" for place, label in enumerate(labels.tolist()))
    return CropDataset(images.expand(-1, 1, 24, 24).contiguous(), labels, names, files)


def module(**changes) -> TripletDataModule:
    settings = {"height": 24, "width": 24, "channels": 1, "people": 3, "photos": 2, "steps": 4}
    general, triplets = resolve_config("scratch", settings | changes)
    return TripletDataModule({"train": crops(5, 4), "validation": crops(4, 3)}, general, triplets)


def batches(data: TripletDataModule, epoch: int, rank: int = 0, processes: int = 1):
    data.trainer = SimpleNamespace(current_epoch=epoch, global_rank=rank, world_size=processes)
    return list(data.train_dataloader())


def test_a_batch_is_so_many_images_of_so_many_people():
    for batch in batches(module(), 0):
        assert batch.images.shape == (6, 1, 24, 24)
        assert torch.bincount(batch.labels).max() == 2 and len(batch.labels.unique()) == 3


def test_epochs_differ_and_repeat_by_their_number():
    data = module()
    first, second, again = batches(data, 0), batches(data, 1), batches(module(), 0)
    assert len(first) == 4
    assert all(torch.equal(a.images, b.images) for a, b in zip(first, again))
    assert not all(torch.equal(a.images, b.images) for a, b in zip(first, second))


def test_two_processes_share_the_batches():
    whole = batches(module(steps=8), 0)
    ours, theirs = (batches(module(), 0, rank, 2) for rank in (0, 1))
    assert all(torch.equal(a.labels, b.labels) for a, b in zip(whole[::2], ours))
    assert all(torch.equal(a.labels, b.labels) for a, b in zip(whole[1::2], theirs))


def test_validation_images_are_all_unless_they_are_very_many(monkeypatch: pytest.MonkeyPatch):
    (batch,) = module().val_dataloader()
    assert len(batch) == 12 and torch.equal(batch.labels, torch.arange(4).repeat_interleave(3))
    monkeypatch.setattr(datamodule, "MAX_VALIDATION", 5)
    (few,) = module().val_dataloader()
    assert len(few) == 5


def test_a_batch_on_the_device_is_not_copied():
    (batch,) = module().val_dataloader()
    assert module().transfer_batch_to_device(batch, torch.device("cpu"), 0) is batch


def test_images_are_augmented_as_the_settings_say():
    still = module(flip=0.0, degrees=0.0, scale=0.0, shift=0.0, color_jitter=0.0)
    levels = torch.cat([batch.images for batch in batches(still, 0)]) * 255
    assert torch.equal(levels, levels.round())
    assert module(erase=0.3).augmentation.erase == 0.3
