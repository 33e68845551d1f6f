"""Boxes and circles of mosaics are those of the ink of each of their four digits."""

from pathlib import Path

import torch

from triptych.multitask import Cutouts, Source, open_dataset
from triptych.multitask.structures.geometry import mask_to_box, mask_to_circle
from triptych.multitask.structures.object_rows import ObjectRows


def test_boxes_and_circles_are_those_of_the_ink_of_each_tile(few_digits: Path):
    batch = open_dataset("mosaic-digits", str(few_digits)).batch("train", torch.arange(40))
    boxes, circles = (ObjectRows.from_tensor(batch[name]) for name in ("boxes", "circles"))
    assert batch["boxes"].shape == (40, 4, 6) and batch["circles"].shape == (40, 4, 5)
    for tile, (top, left) in enumerate([(0, 0), (0, 28), (28, 0), (28, 28)]):
        alone = torch.zeros_like(batch["semantic"])
        here = slice(None), slice(top, top + 28), slice(left, left + 28)
        alone[here] = batch["semantic"][here]
        assert boxes.shapes[:, tile].equal(mask_to_box(alone > 0))
        assert torch.allclose(circles.shapes[:, tile], mask_to_circle(alone > 0), atol=1e-3)
        assert boxes.classes[:, tile].equal(alone.amax((1, 2)) - 1)
    assert boxes.to_find.all() and circles.to_find.all()


def test_a_tile_without_ink_has_no_object():
    dataset = open_dataset("mosaic-digits", Blank())
    batch = dataset.batch("test", torch.arange(30))
    for name in ("boxes", "circles"):
        rows = ObjectRows.from_tensor(batch[name])
        inked = batch["semantic"].view(30, 2, 8, 2, 8).amax((2, 4)).flatten(1) > 0
        assert rows.present.equal(inked) and 0 < inked.float().mean() < 1
        assert not batch[name][~inked][:, :-2].any()


class Blank(Source):
    """Eight digits, of which every other one has no ink."""

    subjects = ("digits",)

    def cutouts(self, subject: str, split: str) -> Cutouts:
        images = torch.zeros(8, 1, 8, 8, dtype=torch.uint8)
        images[::2, :, 2:6, 3:6] = 255
        return Cutouts(images, torch.arange(8) % 2, ("a", "b"))
