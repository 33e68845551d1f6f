"""Figures worked by hand, and independent references for them."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
import torch
from torch import Tensor
from torchmetrics import Metric
from torchmetrics.functional.classification import (
    binary_jaccard_index,
    multiclass_jaccard_index,
)

from triptych.multitask.metrics import (
    Accuracy,
    BinaryIoU,
    BoxIoU,
    CircleIoU,
    ConditionalMetric,
    MeanIoU,
    PerImageMetric,
    PixelIoU,
)


def scores(classes: Tensor, count: int) -> Tensor:
    """Class scores that say these classes."""
    return torch.nn.functional.one_hot(classes, count).movedim(-1, 1).float()


def test_accuracy_counts_the_most_probable_class():
    metric = Accuracy()
    metric.update(torch.tensor([[0.1, 0.9], [0.8, 0.2], [0.4, 0.6]]), torch.tensor([1, 0, 0]))
    assert metric.values.tolist() == [1, 1, 0]
    assert float(metric.compute()) == pytest.approx(2 / 3)


def test_overlaps_are_means_over_images():
    metric = BoxIoU()
    box = torch.tensor([[0.0, 0, 2, 2]])
    metric.update(box, box)
    metric.update(box, torch.tensor([[1.0, 1, 3, 3]]))
    assert float(metric.compute()) == pytest.approx((1 + 1 / 7) / 2)
    circles = CircleIoU()
    circles.update(torch.tensor([[5.0, 5, 1]]), torch.tensor([[5.0, 5, 2]]))
    assert float(circles.compute()) == pytest.approx(1 / 4)


def test_a_pixel_is_in_the_mask_above_one_half():
    metric = BinaryIoU()
    logits = torch.tensor([[[9.0, 0.0], [0.1, -5.0]]])  # 0 is one half, so not above it
    metric.update(logits, torch.tensor([[[True, True], [True, False]]]))
    assert float(metric.compute()) == pytest.approx(2 / 3)


def test_masks_are_those_of_torchmetrics():
    rng = np.random.default_rng(0)
    guess, truth = rng.random((2, 5, 6, 7)) > 0.5
    metric = BinaryIoU()
    metric.update(torch.from_numpy(guess).float() - 0.5, torch.from_numpy(truth))
    expected = [
        float(binary_jaccard_index(torch.from_numpy(g).int(), torch.from_numpy(t).int()))
        for g, t in zip(guess, truth)
    ]
    assert metric.values.numpy() == pytest.approx(expected)


@pytest.fixture
def maps() -> tuple[Tensor, Tensor]:
    torch.manual_seed(0)
    return torch.randint(0, 5, (7, 4, 3)), torch.randint(0, 4, (7, 4, 3))


def test_pooled_masks_are_those_of_torchmetrics(maps: tuple[Tensor, Tensor]):
    guess, truth = maps
    metric = PixelIoU()
    metric.update(scores(guess[:3], 6), truth[:3])
    metric.update(scores(guess[3:], 6), truth[3:])
    assert float(metric.compute()) == pytest.approx(
        float(multiclass_jaccard_index(guess, truth, 5, average="micro"))
    )


def test_the_mean_over_classes_is_that_of_torchmetrics(maps: tuple[Tensor, Tensor]):
    guess, truth = maps
    metric = MeanIoU(6)  # class 5 neither appears nor is answered
    for part in range(7):
        metric.update(scores(guess[part : part + 1], 6), truth[part : part + 1])
    assert float(metric.compute()) == pytest.approx(
        float(multiclass_jaccard_index(guess, truth, 5, average="macro"))
    )


def test_a_conditional_metric_is_0_where_the_class_is_wrong():
    joint = ConditionalMetric(BoxIoU())
    sides = torch.tensor([[0.0, 0, 2, 2], [0.0, 0, 2, 2], [0.0, 0, 4, 2]])
    class_scores, classes = scores(torch.tensor([0, 1, 1]), 2), torch.tensor([0, 0, 1])
    for rows in (slice(2), slice(2, 3)):
        joint.update(sides[rows], sides[[0, 0, 0]][rows], class_scores[rows], classes[rows])
    assert float(joint.compute()) == pytest.approx((1 + 0 + 1 / 2) / 3)
    assert joint.definition.endswith("counted 0 where the class is wrong")
    joint.reset()
    joint.update(sides[1:2], sides[:1], class_scores[1:2], classes[1:2])
    assert float(joint.compute()) == 0


@pytest.mark.parametrize(
    "make",
    [
        *(Accuracy, BoxIoU, CircleIoU, BinaryIoU, PixelIoU),
        partial(MeanIoU, 3),
        partial(ConditionalMetric, BoxIoU()),
    ],
    ids=str,
)
def test_metrics_are_those_of_torchmetrics_in_every_way(make: Callable[..., Metric]):
    metric = make(sync_on_compute=False, dist_sync_on_step=True)
    assert isinstance(metric, Metric)
    assert metric.sync_on_compute is False and metric.dist_sync_on_step is True
    assert type(metric.clone()) is type(metric)
    with pytest.raises(ValueError, match="Unexpected keyword arguments"):
        make(sync=False)


def test_the_worst_images_come_first():
    metric = Accuracy()
    metric.update(scores(torch.tensor([0, 1, 0, 1]), 2), torch.tensor([0, 0, 0, 0]))
    assert metric.worst(3).tolist() == [1, 3, 0]


def test_a_metric_starts_anew_after_reset():
    metric = Accuracy()
    metric.update(scores(torch.tensor([1]), 2), torch.tensor([0]))
    metric.reset()
    assert len(metric.values) == 0
    metric.update(scores(torch.tensor([1]), 2), torch.tensor([1]))
    assert float(metric.compute()) == 1


@pytest.mark.parametrize("kind", [Accuracy, BoxIoU, CircleIoU, BinaryIoU, PixelIoU, MeanIoU])
def test_each_metric_says_what_it_is(kind: type[PerImageMetric]):
    assert kind.definition and "\n" not in kind.definition
    assert kind.higher_is_better
