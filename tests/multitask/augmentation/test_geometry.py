"""Where random transforms bring things, against shapes that are known exactly."""

import math

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from triptych.frame.rng import CounterRNG
from triptych.multitask import Batch, Target
from triptych.multitask.augmentation import AugmentationConfig
from triptych.multitask.augmentation.geometry import random_geometry, random_similarity
from triptych.multitask.augmentation.limits import outline
from triptych.multitask.structures.geometry import mask_to_box, mask_to_circle

COUNT, HEIGHT, WIDTH = 24, 60, 80
WILD = AugmentationConfig(
    level="none",
    flip=0.5,
    vertical_flip=0.5,
    quarter_turns=0.5,
    rotate=180,
    scale=1,
    translate=1,
)
Y, X = torch.meshgrid(torch.arange(HEIGHT) + 0.5, torch.arange(WIDTH) + 0.5, indexing="ij")


def rng(seed: int, count: int = COUNT) -> CounterRNG:
    return CounterRNG([seed], torch.arange(count))


def ellipses(x: float, y: float, long: float, short: float) -> Batch:
    """The same filled ellipse in every image, with box, circle and the end of its long axis."""
    mask = ((X - x) / long) ** 2 + ((Y - y) / short) ** 2 <= 1
    box = torch.tensor([x - long, y - short, x + long, y + short])
    circle = torch.tensor([x, y, long])
    images = mask.float()[None].repeat(COUNT, 3, 1, 1)
    ends = torch.tensor([[x + long, y, 2.0], [x - long, y, 2.0]])
    return Batch.of(
        images,
        torch.arange(COUNT),
        mask=mask.repeat(COUNT, 1, 1),
        box=box.repeat(COUNT, 1),
        circle=circle.repeat(COUNT, 1),
        keypoints=ends.repeat(COUNT, 1, 1),
        semantic=mask.long().repeat(COUNT, 1, 1),
    )


shapes = {
    "x": st.floats(20, 60),
    "y": st.floats(18, 42),
    "long": st.floats(9, 16),
    "short": st.floats(6, 9),
    "seed": st.integers(0, 1000),
}


@settings(max_examples=15)
@given(**shapes)
def test_all_targets_agree_after_any_transform(
    x: float, y: float, long: float, short: float, seed: int
) -> None:
    moved = random_geometry(ellipses(x, y, long, short), WILD, rng(seed))
    mask = moved["mask"]
    assert (moved["box"] - mask_to_box(mask)).abs().max() <= 1
    # a pixel of the given mask has become `scale` wide
    center, radius = moved["circle"][:, :2, None, None], moved["circle"][:, 2]
    slack = 1 + radius / long
    apart = ((X - center[:, 0]) ** 2 + (Y - center[:, 1]) ** 2).sqrt()
    farthest = torch.where(mask, apart, 0.0).flatten(1).amax(1)
    assert (farthest <= radius + 0.75).all() and (farthest >= radius - slack).all()
    assert ((radius - mask_to_circle(mask)[:, 2]).abs() <= slack).all()
    assert ((moved["semantic"] == 1) ^ mask).float().mean((1, 2)).max() < 0.02
    assert torch.allclose(moved.images[:, 0] > 0.5, mask)
    # both ends of the long axis lie on the circle, opposite each other
    ends, center = moved["keypoints"][..., :2], moved["circle"][:, None, :2]
    reach = (ends - center).norm(dim=2)
    assert (reach - moved["circle"][:, 2:]).abs().max() < 1e-2
    assert (ends.mean(1) - center[:, 0]).abs().max() < 1e-2


@settings(max_examples=15)
@given(**shapes)
def test_things_stay_whole(x: float, y: float, long: float, short: float, seed: int) -> None:
    batch = ellipses(x, y, long, short)
    before = batch["mask"].flatten(1).sum(1)
    limit = torch.tensor([WIDTH, HEIGHT])
    for names in (["mask", "box"], ["mask", "circle"], ["box"], ["circle"]):
        targets = {name: batch.targets[name] for name in names}
        known = Batch(batch.images, batch.indices, targets)
        turned = torch.full((COUNT,), names != ["box"])
        similarity = random_similarity(known, outline(known, turned), turned, WILD, rng(seed))
        angle = torch.arange(90) * (2 * torch.pi / 90)
        rim = torch.stack([x + long * angle.cos(), y + short * angle.sin()], 1)
        points = similarity.points(rim.expand(COUNT, -1, -1))
        assert (points >= -0.75).all() and (points <= limit + 0.75).all()
        moved = random_geometry(known, WILD, rng(seed))
        seen = (moved.images[:, 0] > 0.5).flatten(1).sum(1)
        wanted = before * similarity.scale.square()
        assert ((seen - wanted).abs() < 0.1 * wanted + 8).all()


def test_a_marked_pixel_and_its_keypoint_go_to_the_same_place() -> None:
    images = torch.zeros(COUNT, 1, HEIGHT, WIDTH)
    images[:, :, 20:22, 50:52] = 1
    keypoints = torch.tensor([[[51.0, 21.0, 2.0]]]).repeat(COUNT, 1, 1)
    moved = random_geometry(
        Batch.of(images, torch.arange(COUNT), keypoints=keypoints), WILD, rng(3)
    )
    weight = moved.images[:, 0] / moved.images[:, 0].sum((1, 2), keepdim=True)
    center = torch.stack([(weight * X).sum((1, 2)), (weight * Y).sum((1, 2))], 1)
    inside = ((keypoints_of(moved) > 3) & (keypoints_of(moved) < torch.tensor([77, 57]))).all(1)
    assert inside.sum() > 10
    assert (center - keypoints_of(moved))[inside].abs().max() < 0.5
    assert (moved["keypoints"][..., 2] == 2).all()


def keypoints_of(batch: Batch) -> torch.Tensor:
    return batch["keypoints"][:, 0, :2]


def test_a_box_without_a_mask_is_not_turned() -> None:
    box = torch.tensor([[20.0, 20.0, 40.0, 30.0]]).repeat(COUNT, 1)
    config = AugmentationConfig(level="none", rotate=90, scale=0.5, translate=0.3)
    batch = Batch.of(torch.zeros(COUNT, 1, HEIGHT, WIDTH), torch.arange(COUNT), box=box)
    sides = random_geometry(batch, config, rng(0))["box"].view(COUNT, 2, 2).diff(dim=1)[:, 0]
    torch.testing.assert_close(sides[:, 0], 2 * sides[:, 1])
    absent = Batch.of(batch.images, batch.indices, box=Target(box, torch.arange(COUNT) % 2 == 0))
    turned = torch.arange(COUNT) % 2 == 1
    similarity = random_similarity(absent, outline(absent, turned), turned, config, rng(0))
    straight = similarity.linear[:, 0, 1].abs() < 1e-6
    assert (straight == ~turned).all()


def test_free_images_take_scales_and_shifts_over_the_whole_range() -> None:
    count = 500
    config = AugmentationConfig(level="none", scale=0.5, translate=0.2)
    batch = Batch.of(torch.zeros(count, 1, 30, 50), torch.arange(count))
    turned = torch.ones(count, dtype=torch.bool)
    similarity = random_similarity(batch, None, turned, config, rng(1, count))
    scale = similarity.scale
    assert scale.min() + 1e-5 >= 1 / 1.5 and scale.min() < 0.68 and 1.48 < scale.max() < 1.5001
    assert abs(float(scale.log().mean())) < 0.03  # larger as often as smaller
    center = torch.tensor([[[25.0, 15.0]]]).repeat(count, 1, 1)
    shift = similarity.points(center)[:, 0] - center[:, 0]
    assert (shift.abs().amax(0) <= torch.tensor([10.001, 6.001])).all()
    assert (shift.abs().amax(0) > torch.tensor([9.8, 5.8])).all()


def test_a_thing_as_large_as_the_image_is_made_to_fit_when_it_turns() -> None:
    mask = torch.ones(COUNT, 40, 40, dtype=torch.bool)
    box = torch.tensor([[0.0, 0.0, 40.0, 40.0]]).repeat(COUNT, 1)
    batch = Batch.of(mask[:, None].float(), torch.arange(COUNT), mask=mask, box=box)
    turned = torch.ones(COUNT, dtype=torch.bool)
    config = AugmentationConfig(level="none", rotate=45)
    similarity = random_similarity(batch, outline(batch, turned), turned, config, rng(2))
    rotation = similarity.linear / similarity.scale[:, None, None]
    wanted = 1 / rotation[:, 0].abs().sum(1)  # 1 / (|cos| + |sin|)
    torch.testing.assert_close(similarity.scale, wanted, rtol=1e-4, atol=0)
    assert similarity.scale.min() < 1 / math.sqrt(2) + 0.05


def test_a_mask_by_itself_may_be_cut() -> None:
    batch = ellipses(40, 30, 16, 9)
    only = Batch.of(batch.images, batch.indices, mask=batch["mask"])
    config = AugmentationConfig(level="none", translate=1)
    areas = random_geometry(only, config, rng(0))["mask"].flatten(1).sum(1)
    assert areas.min() < batch["mask"][0].sum() / 2
