"""What label and attribute share."""

import pytest
import torch

from triptych.backbones._backbone import FeatureInfo
from triptych.multitask import Batch, ClassLabel, DatasetInfo
from triptych.multitask.heads._classification import ClassificationHead
from triptych.multitask.heads.attribute import AttributeHead
from triptych.multitask.heads.label import LabelHead

INFO = DatasetInfo("x", 1, 8, 8, ("label", "attribute"), ("a", "b", "c"), ("red", "green"))
LEVELS = [FeatureInfo(4, 1), FeatureInfo(5, 2)]


@pytest.mark.parametrize(
    ("head_class", "names"), [(LabelHead, ("a", "b", "c")), (AttributeHead, ("red", "green"))]
)
def test_there_is_a_score_for_each_name(head_class: type[ClassificationHead], names: tuple):
    head = head_class(INFO, LEVELS)
    assert head.names == names
    assert head([torch.rand(2, 4, 8, 8), torch.rand(2, 5, 4, 4)]).shape == (2, len(names))


def test_where_a_feature_is_does_not_matter():
    head = LabelHead(INFO, LEVELS)
    maps = torch.rand(2, 5, 4, 4)
    assert head([maps, maps]).allclose(head([maps, maps.roll((1, 2), (2, 3))]), atol=1e-6)


def test_the_most_probable_name_is_decoded_with_its_probability():
    head = LabelHead(INFO, LEVELS)
    (label,) = head.decode(torch.tensor([[0.0, 3.0, 0.0]]))
    assert isinstance(label, ClassLabel) and label.name == "b"
    assert label.probability == pytest.approx(0.909, abs=1e-3)
    batch = Batch.of(torch.rand(2, 1, 8, 8), torch.arange(2), label=torch.tensor([2, 0]))
    assert head.ground_truth(batch) == [ClassLabel("c"), ClassLabel("a")]


def test_a_temperature_makes_the_head_less_sure_of_the_same_name():
    head = LabelHead(INFO, LEVELS)
    logits, target = torch.tensor([[0.0, 3.0, 0.0]] * 20), torch.tensor([1] * 12 + [0] * 8)
    head.fit_decision([head.decision_evidence(logits[:7], target[:7]), (logits[7:], target[7:])])
    (label, *_) = head.decode(logits)
    assert isinstance(label, ClassLabel) and label.name == "b"
    assert label.probability == pytest.approx(0.6, abs=0.03)
    figures = head.calibration_metrics()
    assert {*figures} == {"ece", "ece_uncalibrated"}
    for metric in figures.values():
        metric.update(logits, target)
    assert float(figures["ece"].compute()) < 0.03
    assert float(figures["ece_uncalibrated"].compute()) == pytest.approx(0.309, abs=0.001)


def test_a_head_without_examples_or_with_one_class_stays_as_it_is():
    head = LabelHead(INFO, LEVELS)
    head.fit_decision([(torch.zeros(0, 3), torch.zeros(0, dtype=torch.long))])
    assert head.temperature == 1 and {*head.calibration_metrics()} == {"ece"}
    single = LabelHead(DatasetInfo("x", 1, 8, 8, ("label",), ("a",)), LEVELS)
    single.fit_decision([(torch.zeros(5, 1), torch.zeros(5, dtype=torch.long))])
    assert single.temperature == 1 and not single.calibration_metrics()


def test_weights_of_before_there_were_temperatures_load():
    head = LabelHead(INFO, LEVELS)
    weights = head.state_dict()
    del weights["temperature"]
    other = LabelHead(INFO, LEVELS)
    other.load_state_dict(weights)
    assert other.temperature == 1 and torch.equal(other.linear.weight, head.linear.weight)
