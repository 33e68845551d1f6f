"""Batches that know the whole step they belong to."""

import torch

from triptych.multitask import Batch
from triptych.multitask.data.step_batch import StepBatch
from triptych.multitask.structures.batch import Target


def test_each_batch_knows_how_many_images_of_the_step_have_a_target():
    zeros, present = torch.zeros(3, dtype=torch.long), torch.tensor([True, False, True])
    first = Batch.of(torch.zeros(3, 1, 4, 4), torch.arange(3), label=zeros)
    second = Batch.of(
        torch.zeros(3, 1, 4, 4), torch.arange(3), label=Target(zeros, present), attribute=zeros
    )
    batches = list(StepBatch.of_step([first, second]))
    assert [batch.batches for batch in batches] == [2, 2]
    assert batches[0].known == batches[1].known == {"label": 5, "attribute": 3}
    assert batches[1].images is second.images and "attribute" not in batches[0]


def test_moved_it_knows_as_much():
    batch = next(
        StepBatch.of_step([Batch.of(torch.zeros(3, 1, 4, 4), torch.arange(3), label=torch.ones(3))])
    )
    assert batch.to(torch.device("cpu")) is batch
    moved = batch.to(torch.device("meta"))
    assert moved.known == {"label": 3} and moved.images.device.type == "meta"
