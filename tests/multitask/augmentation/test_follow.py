"""Targets by numbers worked by hand."""

import pytest
import torch

from triptych.frame.errors import ConfigError
from triptych.multitask import Batch, Target
from triptych.multitask.augmentation.follow import follow
from triptych.multitask.augmentation.similarity import Similarity
from triptych.multitask.augmentation.warp import warp

FREE = torch.tensor([True])
BOX = torch.tensor([[2.0, 3.0, 5.0, 9.0]])
# images are 20 wide and 10 high
MIRROR = Similarity(
    torch.tensor([[[-1.0, 0], [0, 1]]]), torch.tensor([[20.0, 0]]), torch.tensor([1.0])
)
QUARTER = Similarity(  # half as large, clockwise: (x, y) -> (10 − y / 2, x / 2)
    torch.tensor([[[0.0, -0.5], [0.5, 0]]]), torch.tensor([[10.0, 0]]), torch.tensor([0.5])
)
DOUBLE = Similarity(
    torch.tensor([[[2.0, 0], [0, 2]]]), torch.tensor([[0.0, 0]]), torch.tensor([2.0])
)


def followed(
    similarity: Similarity, pairs: tuple = (), turned: torch.Tensor = ~FREE, **targets: object
) -> dict:
    batch = Batch.of(torch.zeros(1, 1, 10, 20), torch.arange(1), **targets)  # type: ignore[arg-type]
    return dict(follow(batch, warp(batch, similarity), similarity, turned, pairs))


def test_boxes() -> None:
    assert followed(MIRROR, box=BOX)["box"].values.tolist() == [[15, 3, 18, 9]]
    assert followed(QUARTER, box=BOX)["box"].values.tolist() == [[5.5, 1, 8.5, 2.5]]
    assert followed(DOUBLE, box=BOX)["box"].values.tolist() == [[4, 6, 10, 10]]


def test_circles() -> None:
    circle = torch.tensor([[4.0, 6.0, 3.0]])
    assert followed(MIRROR, circle=circle)["circle"].values.tolist() == [[16, 6, 3]]
    assert followed(QUARTER, circle=circle)["circle"].values.tolist() == [[7, 2, 1.5]]
    assert followed(DOUBLE, circle=circle)["circle"].values.tolist() == [[8, 12, 6]]


def test_keypoints_change_places_in_a_mirror_only() -> None:
    points = torch.tensor([[[1.0, 2, 2], [5, 6, 1], [9, 3, 0]]])
    mirrored = followed(MIRROR, ((0, 1),), keypoints=points)["keypoints"].values
    assert mirrored.tolist() == [[[15, 6, 1], [19, 2, 2], [11, 3, 0]]]
    turned = followed(QUARTER, ((0, 1),), keypoints=points)["keypoints"].values
    assert turned.tolist() == [[[9, 0.5, 2], [7, 2.5, 1], [8.5, 4.5, 0]]]


def test_keypoints_that_leave_the_image_are_unlabelled() -> None:
    points = torch.tensor([[[4.0, 4, 2], [4, 6, 1], [-3, 2, 1]]])
    visibility = followed(DOUBLE, keypoints=points)["keypoints"].values[..., 2]
    assert visibility.tolist() == [[2, 0, 1]]  # the last one was never in it


def test_a_turned_box_is_that_of_the_mask() -> None:
    mask = torch.zeros(1, 10, 20, dtype=torch.bool)
    mask[:, 2:5, 4:9] = True
    loose = torch.tensor([[4.0, 2.0, 10.0, 5.0]])
    assert followed(MIRROR, box=loose, mask=mask, turned=FREE)["box"].values.tolist() == [
        [11, 2, 16, 5]
    ]
    assert followed(MIRROR, box=loose, mask=mask)["box"].values.tolist() == [[10, 2, 16, 5]]
    # where no pixel of the mask is left, the corners of the box must do
    empty = followed(MIRROR, box=loose, mask=mask & False, turned=FREE)["box"].values
    assert empty.tolist() == [[10, 2, 16, 5]]


def test_what_is_true_of_an_image_as_a_whole_stays() -> None:
    has = torch.tensor([True])
    targets = followed(
        MIRROR, label=torch.tensor([7]), age=torch.tensor([3.5]), tags=Target(BOX > 3, has)
    )
    assert targets["label"].values.tolist() == [7] and targets["age"].values.tolist() == [3.5]
    assert (targets["tags"].values == (BOX > 3)).all() and targets["tags"].present is has


def test_who_has_a_target_stays() -> None:
    nobody = torch.tensor([False])
    absent = Target(BOX * torch.nan, nobody)
    for name, target in {
        "box": absent,
        "mask": Target(torch.ones(1, 10, 20).bool(), nobody),
    }.items():
        given = {name: target}
        assert followed(MIRROR, **given)[name].present is nobody  # type: ignore[arg-type]


def test_what_nobody_knows_how_to_move_is_refused() -> None:
    with pytest.raises(ConfigError, match="'ellipse'"):
        followed(MIRROR, ellipse=torch.zeros(1, 5))
    with pytest.raises(ConfigError, match="numbers below 1"):
        followed(MIRROR, ((0, 1),), keypoints=torch.zeros(1, 1, 3))
