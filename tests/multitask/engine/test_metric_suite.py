"""All figures of a model by their names, and the user's own besides."""

import pytest
import torch
from torch import Tensor

from triptych.frame.errors import ConfigError, UnknownNameError
from triptych.multitask import DatasetInfo, PerImageMetric
from triptych.multitask.engine.metric_suite import MetricSuite, checked_metrics
from triptych.multitask.metrics import Accuracy
from triptych.multitask.model.multitask_model import MultitaskModel

INFO = DatasetInfo(
    "digits", 1, 16, 16, ("label", "box", "circle"), ("0", "1"), head_names={"label": "digit"}
)
OUTPUTS = {
    "digit": torch.tensor([[1.0, 0.0], [1.0, 0.0]]),
    "circle": torch.tensor([[5.0, 5, 2], [5.0, 5, 2]]),
    "box": torch.tensor([[0.0, 0, 2, 2], [0.0, 0, 2, 2]]),
}
TARGETS = {
    "digit": torch.tensor([0, 1]),
    "circle": torch.tensor([[5.0, 5, 1], [5.0, 5, 2]]),
    "box": torch.tensor([[0.0, 0, 2, 2], [0.0, 0, 2, 2]]),
}


class Radius(PerImageMetric):
    definition = "1 − relative error of the radius, at least 0"

    def per_image(self, output: Tensor, target: Tensor) -> Tensor:
        return (1 - (output[:, 2] / target[:, 2] - 1).abs()).clamp(min=0)


def scores(heads: list[str], extra: dict | None = None) -> MetricSuite:
    return MetricSuite(MultitaskModel(INFO, heads), extra)


def test_figures_have_the_names_of_the_dataset_and_their_values():
    found = scores(["circle", "label"])
    found.update(OUTPUTS, TARGETS)
    figures = found.compute()
    assert figures == pytest.approx(
        {"circle/iou": 0.625, "digit/accuracy": 0.5, "circle/iou_when_right": 0.125}
    )
    assert found.mean_primary(figures) == pytest.approx((0.625 + 0.5) / 2)
    assert found.definitions().keys() == figures.keys()


def test_without_a_label_nothing_is_counted_when_right():
    found = scores(["circle", "box"])
    found.update(OUTPUTS, TARGETS)
    assert found.compute().keys() == {"circle/iou", "box/iou"}


def test_metrics_of_ones_own_are_computed_beside():
    own = Radius()
    found = scores(["circle"], {"circle/radius": own})
    found.update(OUTPUTS, TARGETS)
    figures = found.compute()
    assert figures["circle/radius"] == pytest.approx(0.5)
    assert found.definitions()["circle/radius"] == Radius.definition
    assert found.mean_primary(figures) == pytest.approx(0.625)  # the heads' own alone
    assert len(own.values) == 0  # the one handed in is a pattern


@pytest.mark.parametrize("name", ["radius", "box/radius", "label/accuracy", "/x"])
def test_a_metric_of_no_head_is_refused(name: str):
    with pytest.raises(UnknownNameError, match="Expected a metric named HEAD/METRIC"):
        scores(["circle"], {name: Accuracy()})


def test_what_is_no_metric_is_refused():
    with pytest.raises(ConfigError, match=r"a function of \(output, target\) as 'x/y', got str"):
        checked_metrics({"x/y": "iou"})
    with pytest.raises(ConfigError, match=r"Expected metrics by name, .* got list"):
        checked_metrics([abs])


def test_reset_forgets():
    found = scores(["label"])
    found.update(OUTPUTS, TARGETS)
    found.reset()
    found.update({"digit": OUTPUTS["digit"][:1]}, {"digit": TARGETS["digit"][:1]})
    assert found.compute()["digit/accuracy"] == 1


def test_known_figures_are_score_and_all_there_are():
    found = scores(["circle", "label"])
    for name in ("score", "circle/iou", "circle/iou_when_right"):
        found.check_monitor(name)
    with pytest.raises(UnknownNameError, match=r"Did you mean 'circle/iou'\?"):
        found.check_monitor("circle/io")
