"""Frozen stages keep weights and statistics; others learn at rates that fall towards the image."""

import pytest
import torch
from torch import nn

from triptych.frame.config import TrainingConfig
from triptych.frame.training.freezing import freeze_first_, frozen_stages, parameter_groups


def stages() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2)),
        nn.Sequential(nn.Conv2d(2, 2, 3), nn.BatchNorm2d(2)),
    )


def test_frozen_stages_keep_weights_and_running_statistics():
    network = stages().train()
    before = {name: values.clone() for name, values in network.state_dict().items()}
    freeze_first_([*network], 1)
    network(torch.rand(4, 1, 9, 9)).square().mean().backward()
    assert all(parameter.grad is None for parameter in network[0].parameters())
    assert all(parameter.grad is not None for parameter in network[1].parameters())
    after = network.state_dict()
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed == {f"1.1.{x}" for x in ("running_mean", "running_var", "num_batches_tracked")}


def test_nothing_is_recorded_for_gradients_of_what_is_frozen():
    network = stages()
    freeze_first_([*network], 2)
    assert network(torch.rand(4, 1, 9, 9)).grad_fn is None
    freeze_first_([*network], 0)
    assert network(torch.rand(4, 1, 9, 9)).grad_fn is not None
    assert all(part.training for part in network[0].modules())


@pytest.mark.parametrize(("epoch", "expected"), [(0, 6), (1, 6), (2, 2), (9, 2)])
def test_all_stages_are_frozen_first_and_then_those_that_always_are(epoch: int, expected: int):
    config = TrainingConfig(freeze_epochs=2, freeze_stages=2)
    assert frozen_stages(config, 6, epoch) == expected


def test_earlier_stages_learn_more_slowly():
    network = nn.ModuleDict({"backbone": stages(), "head": nn.Linear(2, 1)})
    backbone = [*network["backbone"].children()]
    config = TrainingConfig(lr=0.8, layer_decay=0.5, weight_decay=0.1)
    groups = parameter_groups(network, config, backbone)
    rates = {id(p): group["max_lr"] for group in groups for p in group["params"]}
    assert {rates[id(p)] for p in network["head"].parameters()} == {0.8}
    assert {rates[id(p)] for p in backbone[1].parameters()} == {0.4}
    assert {rates[id(p)] for p in backbone[0].parameters()} == {0.2}
    assert len(rates) == len([*network.parameters()])
    for group in groups:
        assert {p.ndim > 1 for p in group["params"]} == {group["weight_decay"] == 0.1}


def test_without_layer_decay_there_are_two_groups_as_ever():
    network = stages()
    plain = parameter_groups(network, TrainingConfig())
    staged = parameter_groups(network, TrainingConfig(), [*network])
    assert len(plain) == len(staged) == 2
    for one, other in zip(plain, staged):
        assert [id(p) for p in one["params"]] == [id(p) for p in other["params"]]
