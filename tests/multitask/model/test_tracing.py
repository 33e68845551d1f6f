"""A network is understood by watching it, whoever wrote it."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from triptych.backbones._backbone import Backbone, FeatureInfo, FeaturePyramid
from triptych.multitask import Head
from triptych.multitask.heads.label import LabelHead
from triptych.multitask.model.multitask_model import MultitaskModel
from triptych.multitask.model.tracing import count_parameters, trace_network
from triptych.multitask.structures.info import DatasetInfo

TARGETS = ("label", "box", "circle", "mask")
INFO = DatasetInfo("digits", 1, 28, 28, TARGETS, tuple("0123456789"), head_names={"label": "digit"})


class Pyramid(Backbone):
    """A user's own: laterals and a path down, joined by plain functions."""

    def __init__(self, channels: int, height: int, width: int):
        super().__init__(channels, height, width)
        self.feature_info = (FeatureInfo(6, 2), FeatureInfo(6, 4))
        self.body = nn.Sequential(
            *(nn.Conv2d(channels, 4, 3, 2, 1), nn.BatchNorm2d(4), nn.ReLU(inplace=True)),
            *(nn.Conv2d(4, 8, 3, 2, 1), nn.BatchNorm2d(8), nn.ReLU(inplace=True)),
        )
        self.fine, self.coarse = nn.Conv2d(4, 6, 1), nn.Conv2d(8, 6, 1)

    def forward(self, images: Tensor) -> FeaturePyramid:
        half = self.body[:3](images)
        top = self.coarse(self.body[3:](half))
        return [self.fine(half) + F.interpolate(top, scale_factor=2), top]


class Sealed(Pyramid):
    """Its parts are not on autograd's record."""

    def forward(self, images: Tensor) -> FeaturePyramid:
        with torch.no_grad():
            return super().forward(images)


class Everywhere(LabelHead):
    """Reads two of four levels, and carelessly works in place."""

    def forward(self, features: FeaturePyramid) -> Tensor:
        return self.linear(features[-1].mean((2, 3))) + features[0].relu_().mean()


def replace_head(model: MultitaskModel, head: Head) -> None:
    assert isinstance(model.heads, nn.ModuleDict)
    model.heads["digit"] = head


def with_backbone(backbone: Backbone) -> MultitaskModel:
    model = MultitaskModel(INFO, ["label"], "residual")
    model.backbone = backbone
    replace_head(model, LabelHead(INFO, backbone.feature_info))
    return model


def test_a_unet_is_an_hourglass_with_a_skip_at_each_size():
    network = trace_network(MultitaskModel(INFO, TARGETS, "unet"))
    sides = [shape[1] for shape in network.shapes]
    assert sides == [28, 28, 14, 7, 4, 7, 14, 28]
    assert network.skips == [(3, 5), (2, 6), (1, 7)]
    assert [node.level for node in network.nodes] == [None, None, None, 3, 2, 1, 0]


def test_a_residual_network_is_a_chain_of_levels():
    network = trace_network(MultitaskModel(INFO, ["label", "box"], "residual"))
    assert network.edges == [(0, 1), (1, 2), (2, 3), (3, 4)]
    assert [node.level for node in network.nodes] == [0, 1, 2, 3]
    assert network.skips == []


def test_each_head_is_seen_to_read_its_levels():
    model = MultitaskModel(INFO, TARGETS, "unet")
    network = trace_network(model)
    assert [head.name for head in network.heads] == ["digit", "box", "circle", "mask"]
    assert network.heads[0].levels == (3,) and network.head_inputs[0] == [4]
    assert network.heads[3].levels == (0,) and network.head_inputs[3] == [7]
    assert [head.shape for head in network.heads] == [(10,), (4,), (3,), (28, 28)]


@pytest.mark.parametrize("backbone", ["unet", "residual"])
def test_no_parameter_is_forgotten_or_counted_twice(backbone: str):
    model = MultitaskModel(INFO, ["label", "box"], backbone)
    network = trace_network(model)
    parts = [*network.nodes, *network.heads]
    assert sum(part.parameters for part in parts) == count_parameters(model)


def test_a_users_own_backbone_is_understood():
    network = trace_network(with_backbone(Pyramid(1, 28, 28)))
    assert [block.layers[-1] for block in network.nodes] == ["body.2", "coarse", "level 0"]
    assert sum(block.parameters for block in network.nodes) == count_parameters(Pyramid(1, 28, 28))


def test_a_backbone_that_hides_its_work_still_shows_its_levels():
    network = trace_network(with_backbone(Sealed(1, 28, 28)))
    assert [block.shape for block in network.nodes] == [(6, 14, 14), (6, 7, 7)]
    assert network.edges == [(0, 1), (0, 2)]


def test_a_head_may_read_several_levels():
    model = MultitaskModel(INFO, ["label"], "residual")
    replace_head(model, Everywhere(INFO, model.backbone.feature_info))
    assert trace_network(model).heads[0].levels == (0, 3)


def test_the_model_is_left_as_it_was():
    model = MultitaskModel(INFO, ["label", "box"]).train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    next(iter(model.parameters())).requires_grad_(False)
    with torch.no_grad():
        trace_network(model)
    assert model.training and not next(iter(model.parameters())).requires_grad
    assert all(value.equal(before[name]) for name, value in model.state_dict().items())
    assert all(parameter.grad is None for parameter in model.parameters())
    assert not any(module._forward_hooks for module in model.modules())
