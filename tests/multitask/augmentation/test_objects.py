"""Boxes and circles of many objects follow what happens to their image."""

import torch

from triptych.frame.rng import CounterRNG
from triptych.multitask.augmentation.config import AugmentationConfig
from triptych.multitask.augmentation.geometry import random_geometry
from triptych.multitask.augmentation.mosaic import random_mosaic
from triptych.multitask.augmentation.objects import move_objects, tile_objects
from triptych.multitask.augmentation.similarity import Similarity
from triptych.multitask.structures.batch import Batch
from triptych.multitask.structures.geometry import mask_to_box
from triptych.multitask.structures.object_rows import ObjectRows

SIZE = (64, 96)


def moved_by(x: float, y: float, scale: float = 1.0) -> Similarity:
    return Similarity(
        scale * torch.eye(2)[None], torch.tensor([[float(x), float(y)]]), torch.tensor([scale])
    )


def one_box(*sides: float) -> torch.Tensor:
    return ObjectRows(
        torch.tensor([[[float(side) for side in sides]]]),
        torch.tensor([[2]]),
        torch.tensor([[True]]),
    ).to_tensor()


def test_a_box_is_clipped_and_need_not_be_found_where_most_of_it_has_left():
    values = move_objects("boxes", one_box(80, 10, 90, 30), moved_by(10, 0), SIZE)
    assert values.tolist() == [[[90, 10, 96, 30, 2, 1]]]
    values = move_objects("boxes", one_box(80, 10, 90, 30), moved_by(14, 0), SIZE)
    assert values.tolist() == [[[94, 10, 96, 30, 2, 0]]]
    values = move_objects("boxes", one_box(80, 10, 90, 30), moved_by(20, 0), SIZE)
    assert values[0, 0, 4] == -1


def test_a_circle_is_scaled_about_its_center():
    circle = ObjectRows(
        torch.tensor([[[10.0, 20.0, 4.0]]]), torch.tensor([[0]]), torch.tensor([[True]])
    )
    values = move_objects("circles", circle.to_tensor(), moved_by(1, 2, 2.0), SIZE)
    assert values.tolist() == [[[21, 42, 8, 0, 1]]]


def test_a_mosaic_has_the_objects_of_its_four_images_at_half_their_size():
    values = torch.cat([one_box(10 + n, 20 + n, 30 + n, 40 + n) for n in range(4)])
    tiles = tile_objects("boxes", values, torch.tensor([1]), torch.tensor([[0, 1, 2, 3]]), SIZE)
    assert tiles.shape == (4, 4, 6)
    assert tiles[1, :, :4].tolist() == [
        [5, 10, 15, 20], [53.5, 10.5, 63.5, 20.5], [6, 43, 16, 53], [54.5, 43.5, 64.5, 53.5],
    ]  # fmt: skip
    assert (tiles[0, 1:, 4] == -1).all() and tiles[0, 0].tolist() == values[0, 0].tolist()


def squares(count: int) -> tuple[Batch, torch.Tensor]:
    """Images with two bright squares each, which are the objects."""
    images = torch.zeros(count, 1, *SIZE)
    boxes = torch.zeros(count, 2, 4)
    for number in range(count):
        for row, (x, y) in enumerate([(8 + number, 10), (60, 30 + number)]):
            images[number, 0, y : y + 12, x : x + 16] = row + 1
            boxes[number, row] = torch.tensor([x, y, x + 16, y + 12])
    rows = ObjectRows(boxes, torch.zeros(count, 2).long(), torch.ones(count, 2).bool())
    return Batch.of(images / 2, torch.arange(count), boxes=rows.to_tensor()), boxes


def test_boxes_stay_around_what_is_in_them():
    batch, _ = squares(8)
    config = AugmentationConfig(flip=0.5, vertical_flip=0.5, scale=0.2, translate=0.1)
    rng = CounterRNG([1], batch.indices)
    moved = random_geometry(batch, config, rng)
    rows = ObjectRows.from_tensor(moved["boxes"])
    for row, low, high in ((0, 0.3, 0.7), (1, 0.8, 1.1)):
        pixels = (moved.images[:, 0] > low) & (moved.images[:, 0] < high)
        here = rows.to_find[:, row] & pixels.flatten(1).any(1)
        assert int(here.sum()) >= 6
        apart = (mask_to_box(pixels)[here] - rows.shapes[here, row]).abs()
        assert apart.median() < 1.0 and (row == 0 or apart.max() < 2.5)


def test_images_with_boxes_turn_by_quarters_alone():
    batch, _ = squares(8)
    rng = CounterRNG([1], batch.indices)
    config = AugmentationConfig(flip=0, rotate=30, scale=0, translate=0)
    assert torch.equal(random_geometry(batch, config, rng)["boxes"], batch["boxes"])


def test_mosaics_of_a_batch_keep_the_number_of_objects():
    batch, _ = squares(8)
    config = AugmentationConfig(mosaic=1.0)
    after = random_mosaic(batch, config, CounterRNG([1], batch.indices))
    assert after.targets["boxes"].present is None or after.targets["boxes"].present.all()
    assert ObjectRows.from_tensor(after["boxes"]).present.sum() == 8 * 8
