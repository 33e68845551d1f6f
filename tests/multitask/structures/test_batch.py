"""Images and targets that travel together; a target may be known of some images only."""

import pytest
import torch

from triptych.multitask import Batch, Target

IMAGES, INDICES = torch.rand(3, 1, 4, 4), torch.arange(3)
SOME = torch.tensor([True, False, True])
BATCH = Batch.of(
    IMAGES,
    INDICES,
    label=torch.tensor([0, 1, 0]),
    box=Target(torch.arange(12.0).view(3, 4), SOME),
    circle=None,
)


def test_a_batch_is_as_long_as_its_images():
    assert len(BATCH) == 3


def test_the_targets_it_has_are_named():
    assert BATCH.target_names() == ("label", "box")
    assert "box" in BATCH and "circle" not in BATCH
    with pytest.raises(KeyError, match="circle"):
        BATCH["circle"]


def test_a_target_is_read_by_its_name():
    assert BATCH["label"].tolist() == [0, 1, 0]


def test_rows_are_selected_of_images_that_have_the_target():
    box, label = BATCH.targets["box"], BATCH.targets["label"]
    assert box.select(INDICES, box.values)[0].tolist() == [0, 2]
    assert label.select(INDICES)[0] is INDICES  # all have it: nothing is copied
    assert (box.count(), label.count()) == (2, 3)
    assert box.both(label).present is not None and box.both(label).count() == 2
    other = Target(INDICES, torch.tensor([True, True, False]))
    assert box.both(other).select(INDICES)[0].tolist() == [0]
    assert label.both(label).present is None


def test_some_images_are_a_batch_again():
    last = BATCH.select(torch.tensor([2, 1]))
    assert last.indices.tolist() == [2, 1] and last["label"].tolist() == [0, 1]
    assert last.targets["box"].select(last.indices)[0].tolist() == [2]


@pytest.mark.parametrize(
    "target", [torch.zeros(2), Target(torch.zeros(2)), Target(torch.zeros(3), torch.ones(2) > 0)]
)
def test_a_target_without_a_row_for_each_image_is_refused(target: torch.Tensor | Target):
    with pytest.raises(ValueError, match="a row of 'depth' for each of 3 images"):
        Batch.of(IMAGES, INDICES, depth=target)


def test_it_moves_whole_and_only_if_it_must():
    assert BATCH.to(torch.device("cpu")) is BATCH
    moved = BATCH.to(torch.device("meta"))
    assert moved.images.is_meta and moved.indices.is_meta and moved["label"].is_meta
    present = moved.targets["box"].present
    assert present is not None and present.is_meta
