"""What is kept of each head gives its metrics again, whichever images have the target."""

import numpy as np
import pytest
import torch

from triptych.backbones._backbone import FeatureInfo
from triptych.multitask.detection.detection_metric import DetectionMetric
from triptych.multitask.heads import build_head
from triptych.multitask.report.object_observation import DetectionObservation, observe_heads
from triptych.multitask.report.observation import (
    ClassObservation,
    Observation,
    SemanticObservation,
    ShapeObservation,
)
from triptych.multitask.structures.batch import Target
from triptych.multitask.structures.info import DatasetInfo

INFO = DatasetInfo(
    "things", 1, 16, 16, ("label", "box", "mask", "semantic", "boxes"), classes=("a", "b", "c")
)
LEVEL = [FeatureInfo(channels=2, reduction=1)]
ONCE = np.ones((1, 6))


def observed(name: str) -> Observation:
    return observe_heads({name: build_head(name, INFO, LEVEL)}, 6)[name]


def measure(seen: Observation, output: torch.Tensor, target: torch.Tensor) -> None:
    metrics = seen.head.metrics()
    for metric in metrics.values():
        metric.update(output, target)
    seen.add_metrics(metrics)


def test_images_without_the_target_are_in_no_count():
    seen = observed("label")
    assert isinstance(seen, ClassObservation)
    logits = torch.eye(3)[[0, 1, 2, 0, 0, 1]]
    present = torch.tensor([True, True, True, True, False, False])
    truth = torch.tensor([0, 1, 1, 2, 0, 0])
    for rows in (slice(0, 4), slice(4, 6)):
        seen.add(rows, logits[rows], Target(truth[rows], present[rows]))
    measure(seen, logits[present], truth[present])
    assert seen.score.tolist()[:4] == [1, 1, 0, 0] and np.isnan(seen.score[4:]).all()
    assert seen.confusion().tolist() == [[1, 0, 0], [0, 1, 1], [1, 0, 0]]
    assert seen.answers.tolist() == [0, 1, 2, 0, -1, -1]
    assert seen.statistics()["accuracy"].values(ONCE) == pytest.approx([0.5])


def test_sizes_are_the_sides_of_squares_of_the_area():
    seen = observed("box")
    assert isinstance(seen, ShapeObservation) and seen.sizes is not None
    boxes = torch.tensor([[2.0, 2, 6, 11]]).expand(6, 4)
    seen.add(slice(0, 6), boxes, Target(boxes))
    measure(seen, boxes, boxes)
    assert seen.sizes == pytest.approx([6.0] * 6)
    assert seen.statistics()["iou"].values(ONCE) == pytest.approx([1.0])


def test_areas_of_masks_are_kept_not_their_pixels():
    seen = observed("mask")
    assert isinstance(seen, ShapeObservation)
    logits = torch.full((6, 16, 16), -1.0)
    logits[:, :4, :4] = 1
    truth = torch.zeros(6, 16, 16, dtype=torch.bool)
    truth[:, :4, :2] = True
    seen.add(slice(0, 6), logits, Target(truth))
    assert seen.outputs is not None and seen.targets is not None
    assert seen.outputs.tolist() == [[16]] * 6 and seen.targets.tolist() == [[8]] * 6


@pytest.mark.parametrize("name", ["semantic", "boxes"])
def test_figures_are_those_of_the_metrics(name: str):
    torch.manual_seed(0)
    seen = observed(name)
    head = seen.head
    if name == "semantic":
        assert isinstance(seen, SemanticObservation)
        output, target = torch.randn(6, 4, 16, 16), torch.randint(-1, 4, (6, 16, 16))
    else:
        assert isinstance(seen, DetectionObservation)
        corners = torch.rand(6, 4, 2) * 8
        classes = torch.randint(-1, 3, (6, 4, 1)).float()
        shapes = torch.cat([corners, corners + 4], 2)
        target = torch.cat([shapes, classes, torch.ones(6, 4, 1)], 2)
        output = head([torch.randn(6, 2, 16, 16)]).detach()
        output[:, :3] += 4
    for rows in (slice(0, 4), slice(4, 6)):
        seen.add(rows, output[rows], Target(target[rows]))
    measure(seen, output, target)
    metrics = seen.metrics
    known = {key: float(metric.compute()) for key, metric in metrics.items()}
    detection = metrics.get("ap50")
    if isinstance(detection, DetectionMetric):
        known = {key: float(value) for key, value in detection.latest.items()}
        assert known["counting_error"] > 0
    told = seen.statistics()
    for key, value in known.items():
        if np.isfinite(value):
            assert float(told[key].values(ONCE)[0]) == pytest.approx(value, abs=1e-5), key
