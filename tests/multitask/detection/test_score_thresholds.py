import torch

from triptych.multitask.detection.matching import FoundObjects
from triptych.multitask.detection.score_thresholds import break_even_scores
from triptych.multitask.heads.boxes import BoxesHead
from triptych.multitask.structures.object_rows import ObjectRows

BOX = [0.0, 0.0, 10.0, 10.0]


def pair(scores: list[float], there: int) -> tuple[FoundObjects, ObjectRows]:
    count = len(scores)
    found = FoundObjects(
        torch.tensor([[BOX] * count]),
        torch.zeros(1, count, dtype=torch.long),
        torch.tensor([scores]),
    )
    truth = ObjectRows(
        torch.tensor([[BOX] * there]),
        torch.zeros(1, there, dtype=torch.long),
        torch.ones(1, there, dtype=torch.bool),
    )
    return found, truth


def test_as_many_are_told_as_there_are():
    pairs = [pair([0.9, 0.5, 0.2], 1), pair([0.8, 0.3], 2)]
    thresholds = break_even_scores(pairs, BoxesHead.geometry, 2, least=0.02)
    assert thresholds[0] == torch.tensor(0.4)  # between the third score and the fourth
    assert thresholds[1].isnan()


def test_where_too_few_are_found_all_are_told():
    thresholds = break_even_scores([pair([0.6], 3)], BoxesHead.geometry, 1, least=0.02)
    assert 0.02 <= float(thresholds[0]) < 0.6
