"""What is packed comes back, and the answer is ranked by score."""

import torch

from triptych.multitask.detection.matching import FoundObjects
from triptych.multitask.heads._detection.exported import (
    pack_objects,
    ranked_answer,
    unpack_objects,
)

FOUND = FoundObjects(
    torch.tensor([[[0.0, 0, 4, 4], [2, 2, 9, 9], [1, 1, 2, 2]]]),
    torch.tensor([[1, 0, -1]]),
    torch.tensor([[0.4, 0.9, 0.0]]),
)


def test_objects_are_told_by_score_in_pixels_of_the_image():
    said = ranked_answer("boxes", FOUND, lambda one: one.scores > 0.5, lambda shapes: shapes * 2)
    assert said.parts[""].tolist() == [[[4, 4, 18, 18], [0, 0, 8, 8], [0, 0, 0, 0]]]
    assert said.parts["classes"].tolist() == [[0, 1, -1]]
    assert said.parts["sure"].tolist() == [[True, False, False]]
    assert said.doubt is not None
    assert torch.allclose(said.doubt, torch.tensor([0.2]))


def test_packed_objects_come_back():
    parts = {"": FOUND.shapes, "classes": FOUND.classes, "scores": FOUND.scores}
    back = unpack_objects(pack_objects(parts))
    assert torch.equal(back.shapes, FOUND.shapes)
    assert torch.equal(back.classes, FOUND.classes)
    assert torch.equal(back.scores, FOUND.scores)
