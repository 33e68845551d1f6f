"""The share of intervals that hold, worked by hand."""

import torch

from triptych.multitask.calibration.conformal import BOX_INTERVALS
from triptych.multitask.calibration.coverage import Coverage


def test_coverage_is_the_share_of_images_in_which_it_holds():
    true = torch.tensor([[9.0, 10.0, 30.0, 15.0], [7.0, 10.0, 30.0, 15.0]])
    metric = Coverage(BOX_INTERVALS, 0.2, 0)
    metric.update(torch.tensor([[10.0, 10.0, 30.0, 15.0]]).expand(2, 4), true)
    assert float(metric.compute()) == 0.5
    assert "outer" in metric.definition
