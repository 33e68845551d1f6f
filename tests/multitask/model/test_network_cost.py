"""What a network costs, counted by hand and timed."""

import pytest
import torch

from triptych.multitask import DatasetInfo, MultitaskModel
from triptych.multitask.model.network_cost import measure_cost
from triptych.multitask.model.tracing import count_parameters


def test_multiply_adds_are_those_counted_by_hand():
    model = MultitaskModel(
        DatasetInfo("trial", 1, 8, 8, targets=("label",), classes=("a", "b")),
        ["label"],
        "residual",
        {"base_channels": 4, "max_channels": 4},
    ).train()
    before = {name: values.clone() for name, values in model.state_dict().items()}
    cost = measure_cost(model, torch.device("cpu"))
    # 8×8 cells of the stem; 4×4 of the block's two convolutions and its skip; the classifier
    by_hand = 64 * 9 * 4 + 16 * (2 * 9 * 4 * 4 + 4 * 4) + 4 * 2
    assert cost.multiply_adds == by_hand
    assert cost.parameters == count_parameters(model)
    assert cost.milliseconds > 0
    assert model.training and all(part.training for part in model.modules())
    for name, values in model.state_dict().items():
        assert torch.equal(values, before[name]), name


@pytest.mark.parametrize(
    ("weights", "said"), [("", "residual-m: "), ("ImageNet", "m with weights")]
)
def test_it_is_said_in_one_line(weights: str, said: str):
    info = DatasetInfo("trial", 1, 20, 30, targets=("box",))
    line = str(
        measure_cost(MultitaskModel(info, ["box"], "residual-m"), torch.device("cpu"), weights)
    )
    assert said in line and "30×20 here (cpu)" in line and "\n" not in line
