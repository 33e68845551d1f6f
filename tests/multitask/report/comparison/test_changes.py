"""Which answers changed is counted by hand for every kind of head."""

import numpy as np
import torch

from triptych.backbones._backbone import FeatureInfo
from triptych.multitask.heads import build_head
from triptych.multitask.report.comparison.changes import HeadChanges
from triptych.multitask.report.object_observation import observe_heads
from triptych.multitask.report.observation import Observation
from triptych.multitask.structures.batch import Target
from triptych.multitask.structures.info import DatasetInfo

INFO = DatasetInfo("things", 1, 16, 16, ("label", "box", "boxes"), classes=("a", "b", "c"))
LEVEL = [FeatureInfo(channels=2, reduction=1)]


def observed(name: str, output: torch.Tensor, target: Target) -> Observation:
    count = len(output)
    seen = observe_heads({name: build_head(name, INFO, LEVEL)}, count)[name]
    seen.add(slice(0, count), output, target)
    metrics = seen.head.metrics()
    for metric in metrics.values():
        metric.update(*target.select(output, target.values))
    seen.add_metrics(metrics)
    return seen


def test_classes_became_right_and_wrong():
    present = torch.tensor([True] * 5 + [False])
    truth = Target(torch.tensor([0, 1, 2, 0, 1, 0]), present)
    scores = 4 * torch.eye(3)
    before = observed("label", scores[[0, 1, 2, 1, 2, 0]], truth)
    after = observed("label", torch.stack([*scores[[0, 0, 2, 0]], 2 * scores[1], scores[1]]), truth)
    changes = HeadChanges(before, after)
    assert changes.counts() == {
        "right_in_both": 2,
        "right_to_wrong": 1,
        "wrong_to_right": 2,
        "wrong_in_both": 0,
        "better": 2,
        "worse": 1,
    }
    assert changes.worse.tolist() == [1]
    assert changes.better.tolist() == [4, 3]  # the surer answer first
    assert changes.criterion == "class right" and changes.p == 1.0
    assert np.isnan(changes.gain[5])


def test_shapes_moved_nearer_and_farther():
    truth = torch.tensor([[0.0, 0, 8, 8]]).expand(4, 4)
    near, half, far = ([0.0, 0, 8, 8], [0.0, 0, 8, 5], [0.0, 0, 8, 2])
    before = observed("box", torch.tensor([near, far, half, half]), Target(truth))
    after = observed("box", torch.tensor([far, near, half, near]), Target(truth))
    changes = HeadChanges(before, after)
    counts = changes.counts()
    assert counts["right_to_wrong"] == counts["wrong_to_right"] == counts["worse"] == 1
    assert counts["better"] == 2 and counts["right_in_both"] == 2
    assert changes.better.tolist() == [1, 3] and changes.worse.tolist() == [0]
    assert np.allclose(changes.gain, [-0.75, 0.75, 0, 0.375])
    assert changes.criterion == "IoU ≥ 0.5"


def test_a_run_against_itself_changes_nothing():
    truth = torch.tensor([[0.0, 0, 8, 8]]).expand(3, 4)
    seen = observed("box", truth + 1, Target(truth))
    told = HeadChanges(seen, seen).to_dict()
    assert told["better"] == told["worse"] == told["right_to_wrong"] == 0
    assert told["mcnemar_p"] == 1
