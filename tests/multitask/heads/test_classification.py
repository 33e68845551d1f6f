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
