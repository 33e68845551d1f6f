"""The network of PyTorch is a copy that is ready to answer."""

import torch

from triptych.multitask.inference.torch_network import TorchNetwork
from triptych.multitask.model.multitask_model import MultitaskModel
from triptych.multitask.structures.info import DatasetInfo


def test_the_model_is_copied_and_named_as_it_was():
    info = DatasetInfo("drawn", 1, 32, 32, ("label",), ("a", "b"), head_names={"label": "letter"})
    model = MultitaskModel(info, ["label"])
    network = TorchNetwork(model, device="cpu")
    assert network.head_names == ("label",) and [*network.colors] == ["letter"]
    assert network.info == info and not network.model.training and model.training
    assert any(isinstance(part, torch.nn.BatchNorm2d) for part in model.modules())
    assert list(network.annotate([])) == []
