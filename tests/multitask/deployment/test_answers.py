"""What each kind of head answers, and what none of them can."""

from collections.abc import Callable

import pytest
import torch
from torch import nn

from triptych.frame.errors import ConfigError
from triptych.multitask.deployment.answers import answer, kind_of
from triptych.multitask.deployment.letterbox import GraphLetterbox
from triptych.multitask.heads import HEADS
from triptych.multitask.heads._head import Head
from triptych.multitask.model.multitask_model import MultitaskModel
from triptych.multitask.structures.uncertainty import uncertainty_of


def test_every_head_that_comes_with_triptych_has_a_kind(build: Callable[..., MultitaskModel]):
    heads = [name for name in HEADS if name != "attribute"]
    model = build(*heads)
    assert {kind_of(head, name) for name, head in model.heads.items()} == {
        *("classes", "box", "circle", "mask", "semantic", "boxes", "circles")
    }


def test_a_head_of_a_plugin_is_refused_in_one_line():
    class Other(Head):
        def __init__(self):
            nn.Module.__init__(self)

    Other.__abstractmethods__ = frozenset()  # type: ignore[attr-defined]
    with pytest.raises(ConfigError, match=r"head depth \(Other\) cannot be exported"):
        kind_of(Other(), "depth")  # type: ignore[abstract]


@pytest.mark.parametrize("name", ["label", "mask", "semantic", "boxes", "circles"])
def test_the_doubt_is_that_of_the_annotation(build: Callable[..., MultitaskModel], name: str):
    model = build(name)
    with torch.no_grad():
        output = model(torch.rand(3, 3, 32, 48))[name]
    head = model.heads[name]
    said = answer(kind_of(head, name), head, output, GraphLetterbox.identity(model.info))
    expected = [uncertainty_of(one) for one in head.decode(output)]
    assert said.doubt is not None
    assert said.doubt.tolist() == pytest.approx(expected, abs=1e-4)
