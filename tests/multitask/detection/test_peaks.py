"""Peaks are the cells above their neighbors, of all classes, the likeliest first."""

import torch

from triptych.multitask.detection.peaks import find_peaks, local_maxima


def test_the_likeliest_cells_are_found_where_they_are():
    heat = torch.zeros(1, 2, 5, 6)
    heat[0, 0, 1, 4], heat[0, 0, 1, 5], heat[0, 1, 3, 2] = 0.9, 0.8, 0.7
    peaks = find_peaks(heat, 3)
    assert torch.allclose(peaks.scores, torch.tensor([[0.9, 0.7, 0.0]]))
    assert peaks.classes[0, :2].tolist() == [0, 1]
    assert peaks.columns[0, :2].tolist() == [4, 2]
    assert peaks.rows[0, :2].tolist() == [1, 3]


def test_no_more_are_given_than_there_are_cells():
    assert find_peaks(torch.rand(2, 1, 2, 2), 100).scores.shape == (2, 4)


def test_a_cell_is_a_maximum_unless_a_neighbor_is_higher():
    heat = torch.tensor([[[[0.1, 0.5, 0.5], [0.1, 0.2, 0.3]]]])
    assert local_maxima(heat).tolist() == [[[[False, True, True], [False, False, False]]]]
