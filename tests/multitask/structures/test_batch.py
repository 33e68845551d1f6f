"""Images and targets that travel together."""

import torch

from triptych.multitask import Batch

BATCH = Batch(torch.rand(3, 1, 4, 4), torch.arange(3), label=torch.tensor([0, 1, 0]))


def test_a_batch_is_as_long_as_its_images():
    assert len(BATCH) == 3


def test_the_targets_it_has_are_named():
    assert BATCH.target_names() == ("label",)
    more = Batch(BATCH.images, BATCH.indices, box=torch.zeros(3, 4), label=BATCH.label)
    assert more.target_names() == ("label", "box")


def test_it_moves_whole_and_only_if_it_must():
    assert BATCH.to(torch.device("cpu")) is BATCH
    moved = BATCH.to(torch.device("meta"))
    assert moved.images.is_meta and moved.indices.is_meta
    assert moved.label is not None and moved.label.is_meta and moved.box is None
