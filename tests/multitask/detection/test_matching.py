import torch

from triptych.multitask.detection.matching import FoundObjects, match_objects
from triptych.multitask.heads.boxes import BoxesHead
from triptych.multitask.structures.object_rows import ObjectRows

HALF = torch.tensor([0.5])


def rows(*boxes: list[float], counts: list[bool] | None = None) -> ObjectRows:
    shapes = torch.tensor([boxes])
    known = torch.tensor([counts or [True] * len(boxes)])
    return ObjectRows(shapes, torch.zeros(1, len(boxes), dtype=torch.long), known)


def found(*boxes: list[float]) -> FoundObjects:
    scores = torch.linspace(0.9, 0.1, len(boxes))[None]
    return FoundObjects(torch.tensor([boxes]), torch.zeros(1, len(boxes), dtype=torch.long), scores)


BOX, NEAR = [0.0, 0.0, 10.0, 10.0], [1.0, 0.0, 11.0, 10.0]


def test_an_object_is_taken_once_and_by_the_surest():
    matches = match_objects(found(NEAR, BOX), rows(BOX), BoxesHead.geometry, HALF)
    assert matches.right[0, :, 0].tolist() == [True, False]
    assert not matches.ignored.any()


def test_each_takes_the_one_it_overlaps_most():
    matches = match_objects(found(BOX, NEAR), rows(NEAR, BOX), BoxesHead.geometry, HALF)
    assert matches.right[0, :, 0].tolist() == [True, True]


def test_within_a_crowd_nothing_is_wrong():
    crowd = rows([0.0, 0.0, 100.0, 100.0], counts=[False])
    inside, across = [10.0, 10.0, 20.0, 20.0], [90.0, 0.0, 130.0, 10.0]
    matches = match_objects(found(inside, across), crowd, BoxesHead.geometry, HALF)
    assert matches.ignored[0, :, 0].tolist() == [True, False]
    assert not matches.right.any()


def test_another_class_is_no_match():
    truth = rows(BOX)
    other = ObjectRows(truth.shapes, truth.classes + 1, truth.counts)
    assert not match_objects(found(BOX), other, BoxesHead.geometry, HALF).right.any()


def test_images_without_objects_are_matched_too():
    nothing = ObjectRows(
        torch.zeros(1, 0, 4),
        torch.zeros(1, 0, dtype=torch.long),
        torch.zeros(1, 0, dtype=torch.bool),
    )
    assert not match_objects(found(BOX), nothing, BoxesHead.geometry, HALF).right.any()
