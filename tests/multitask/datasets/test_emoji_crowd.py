"""Boxes and circles in crowds are those of each emoji's own pixels."""

import pytest
import torch

from triptych.frame.errors import ConfigError
from triptych.multitask import Batch, open_dataset
from triptych.multitask.data.objects import object_patches
from triptych.multitask.datasets import emoji_crowd
from triptych.multitask.structures.geometry import mask_to_box, mask_to_circle
from triptych.multitask.structures.object_rows import NO_OBJECT, ObjectRows

TARGETS = ("boxes", "circles")


def crowd(count: int = 24, **options: object) -> Batch:
    return open_dataset("emoji-crowd", "drawn", options).batch("train", torch.arange(count))


def rows(batch: Batch, target: str) -> ObjectRows:
    return ObjectRows.from_tensor(batch[target])


def own_masks(monkeypatch: pytest.MonkeyPatch, **options: object) -> tuple[Batch, torch.Tensor]:
    """A batch, and the mask of each emoji alone on its canvas, sorted by layer."""
    masks = []
    original = object_patches.paste_objects

    def paste(patches, canvas, *, image, layer, corner, label, shown):
        own = torch.arange(len(image))
        alone = torch.zeros(len(image), *canvas.shape[1:])
        map_ = original(
            patches,
            alone,
            image=own,
            layer=own * 0,
            corner=corner,
            label=own * 0,
            shown=shown,
        )
        masks.append((map_ > 0)[shown])
        return original(
            patches, canvas, image=image, layer=layer, corner=corner, label=label, shown=shown
        )

    monkeypatch.setattr(emoji_crowd, "paste_objects", paste)
    return crowd(24, **options), masks[0]


@pytest.mark.parametrize(
    "options", [{}, {"most": 12, "max_overlap": 0.6}, {"scale": 0.25}], ids=str
)
def test_boxes_and_circles_are_those_of_each_emojis_own_mask(
    options: dict, monkeypatch: pytest.MonkeyPatch
):
    batch, masks = own_masks(monkeypatch, **options)
    boxes, circles = (rows(batch, target) for target in TARGETS)
    layered = boxes.present.T  # masks are sorted by layer, then by image
    assert layered.sum() == len(masks) > 40
    assert boxes.shapes.transpose(0, 1)[layered].equal(mask_to_box(masks))
    assert torch.allclose(circles.shapes.transpose(0, 1)[layered], mask_to_circle(masks), atol=2e-3)
    assert boxes.classes.equal(circles.classes) and boxes.counts.equal(circles.counts)
    union = torch.zeros_like(batch["mask"])
    images = torch.arange(len(union)).expand_as(layered)[layered]
    for image, mask in zip(images, masks):
        union[image] |= mask
    assert batch["mask"].equal(union) and batch["mask"].equal(batch["semantic"] > 0)


def test_the_class_map_shows_the_classes_of_the_rows():
    batch = crowd(max_overlap=0.0)
    boxes = rows(batch, "boxes")
    image = boxes.present.nonzero()[:, 0]
    each = zip(image, boxes.shapes[boxes.present], boxes.classes[boxes.present])
    for image, box, name in each:
        left, top, right, bottom = box.long().tolist()
        inside = batch["semantic"][image, top:bottom, left:right]
        assert set(inside.unique().tolist()) <= {0, int(name) + 1}
        assert (inside > 0).float().mean() > 0.4


def test_rows_are_as_many_as_asked_and_counts_vary():
    batch = crowd(400, most=4, empty=0.2, size=128)
    boxes = rows(batch, "boxes")
    assert batch["boxes"].shape == (400, 4, 6) and batch["circles"].shape == (400, 4, 5)
    assert batch["boxes"].dtype == batch["circles"].dtype == torch.float32
    share = torch.bincount(boxes.present.sum(1), minlength=5) / 400
    assert 0.14 < share[0] < 0.26 and share[1:].min() > 0.08
    assert boxes.counts.equal(boxes.present)
    fill = batch["boxes"][~boxes.present]
    assert (fill[:, 4] == NO_OBJECT).all() and not fill[:, [0, 1, 2, 3, 5]].any()
    assert set(boxes.classes.unique().tolist()) == {NO_OBJECT, *range(9)}


@pytest.mark.parametrize("empty", [0.0, 1.0])
def test_all_or_none_of_the_images_may_be_empty(empty: float):
    batch = crowd(60, empty=empty)
    has_some = rows(batch, "boxes").present.any(1)
    assert (~has_some).all() if empty else has_some.all()
    assert batch["mask"].flatten(1).any(1).equal(has_some)


def test_nearly_all_find_a_place_by_default():
    found, wanted = (rows(crowd(300, max_overlap=part), "boxes").present for part in (0.2, 1.0))
    assert found.sum() > 0.98 * wanted.sum() and not (found & ~wanted).any()


def test_settings_change_what_they_name():
    grounds = [crowd(4, ground="white", empty=1.0, distractors=count) for count in (0, 3)]
    assert grounds[0].images.min() == 1 and grounds[1].images.min() < 1
    large = crowd(40, scale=1.0, rotation=0, most=1)
    boxes = rows(large, "boxes")
    sizes = boxes.shapes[..., 2:] - boxes.shapes[..., :2]
    assert sizes[boxes.present].min() > 40


def test_images_smaller_than_the_emoji_are_refused(monkeypatch: pytest.MonkeyPatch):
    dataset = open_dataset("emoji-crowd", "drawn", {"size": 96})
    monkeypatch.setattr(type(dataset), "cutout_size", (72, 100))
    with pytest.raises(ConfigError, match="no smaller than the emoji, 100 pixels, got 96"):
        dataset.batch("train", torch.arange(2))
