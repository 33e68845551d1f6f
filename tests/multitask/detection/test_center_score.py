"""Which cells are the centers of objects that are told."""

import torch

from triptych.multitask.detection.center_score import sure_centers


def test_peaks_above_the_threshold_of_their_class_are_centers():
    logits = torch.full((1, 2, 5, 5), -5.0)
    logits[0, 0, 1, 1], logits[0, 0, 1, 2] = 3.0, 2.0  # the second is no peak
    logits[0, 1, 3, 3] = 1.0
    both = sure_centers(logits, torch.tensor([0.5, 0.5]))
    assert both.nonzero()[:, 1:].tolist() == [[0, 1, 1], [1, 3, 3]]
    assert sure_centers(logits, torch.tensor([0.5, 0.9])).sum() == 1


def test_where_no_object_is_told_the_surest_cell_is_it():
    logits = torch.full((1, 2, 5, 5), -5.0)
    logits[0, 1, 2, 4] = -4.0
    assert sure_centers(logits, torch.tensor([0.5, 0.5])).nonzero().tolist() == [[0, 1, 2, 4]]
