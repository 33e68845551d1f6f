"""Which points must stay in the image."""

import torch

from triptych.multitask import Batch, Target
from triptych.multitask.augmentation.limits import (
    CORNERS,
    box_corners,
    box_follows_mask,
    foreground,
    outline,
    present,
)

IMAGES = torch.zeros(1, 3, 20, 30)
FREE = torch.tensor([False])


def batch(**targets: torch.Tensor | Target) -> Batch:
    return Batch.of(IMAGES, torch.arange(1), **targets)


def rectangle(left: int, top: int, right: int, bottom: int) -> torch.Tensor:
    mask = torch.zeros(1, 20, 30, dtype=torch.bool)
    mask[:, top:bottom, left:right] = True
    return mask


def extent(given: Batch, turned: bool = False) -> list[float] | None:
    points = outline(given, torch.tensor([turned]))
    if points is None or not points.counts.any():
        return None
    kept = points.points[0][points.counts[0]]
    return [*kept.amin(0).tolist(), *kept.amax(0).tolist()]


def test_a_box_keeps_its_corners() -> None:
    box = torch.tensor([[3.0, 4.0, 10.0, 12.5]])
    assert extent(batch(box=box)) == [3, 4, 10, 12.5]
    assert box_corners(box)[0].tolist() == [[3, 4], [10, 4], [10, 12.5], [3, 12.5]]


def test_a_mask_counts_beside_a_box_or_a_circle_only() -> None:
    mask = rectangle(2, 3, 8, 9)
    assert extent(batch(mask=mask)) is None
    assert extent(batch(mask=mask, circle=torch.tensor([[5.0, 6.0, 9.0]]))) == [2, 3, 8, 9]
    small = torch.tensor([[2.0, 3.0, 4.0, 5.0]])
    assert extent(batch(mask=mask, box=small)) == [2, 3, 8, 9]


def test_a_turned_box_is_that_of_its_mask() -> None:
    mask, box = rectangle(2, 3, 8, 9), torch.tensor([[1.0, 2.5, 8.0, 9.0]])
    assert extent(batch(mask=mask, box=box)) == [1, 2.5, 8, 9]
    assert extent(batch(mask=mask, box=box), turned=True) == [2, 3, 8, 9]


def test_a_lone_circle_stays_as_far_as_it_is_in_the_image() -> None:
    got = extent(batch(circle=torch.tensor([[10.0, 10.0, 4.0]])))
    assert got is not None
    exact = torch.tensor([6.0, 6.0, 14.0, 14.0])
    assert (torch.tensor(got) - exact).abs().max() < 4 * (
        1 / torch.cos(torch.pi / torch.tensor(CORNERS)) - 1
    ) + 1e-5
    assert extent(batch(circle=torch.tensor([[15.0, 10.0, 90.0]]))) == [0, 0, 30, 20]


def test_labelled_keypoints_in_the_image_stay() -> None:
    keypoints = torch.tensor([[[1.0, 2.0, 2], [5, 6, 1], [9, 9, 0], [40, 5, 1]]])
    assert extent(batch(keypoints=keypoints)) == [1, 2, 5, 6]


def test_what_is_absent_does_not_count() -> None:
    nothing = Target(torch.full((1, 4), torch.nan), torch.tensor([False]))
    assert extent(batch(box=nothing)) is None
    assert outline(batch(label=torch.zeros(1).long()), FREE) is None


def test_a_box_follows_the_mask_it_is_the_tight_box_of() -> None:
    mask = rectangle(2, 3, 8, 9)
    near, far = torch.tensor([[1.0, 3.0, 8.0, 10.0]]), torch.tensor([[2.0, 3.0, 12.0, 9.0]])
    assert box_follows_mask(batch(mask=mask, box=near)).all()
    assert not box_follows_mask(batch(mask=mask, box=far)).any()
    assert not box_follows_mask(batch(mask=mask & False, box=near * 0)).any()
    assert not box_follows_mask(batch(mask=Target(mask, FREE), box=near)).any()
    assert not box_follows_mask(batch(box=near)).any()


def test_what_is_not_known_of_a_mask_is_no_foreground() -> None:
    values = rectangle(2, 3, 8, 9).to(torch.int8)
    values[:, 0] = -1
    assert foreground(batch(mask=values)).sum() == 36


def test_a_target_nobody_has_is_nowhere_present() -> None:
    given = batch(label=torch.zeros(1).long())
    assert present(given, "label").tolist() == [True]
    assert present(given, "box").tolist() == [False]
