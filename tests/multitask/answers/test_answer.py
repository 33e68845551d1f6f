"""Every head answers in tensors as it decodes, and one that cannot be exported says so."""

from collections.abc import Callable

import pytest
import torch
from torch import nn

from triptych.frame.errors import ConfigError
from triptych.multitask.answers.answer import Answer
from triptych.multitask.answers.kinds import PARTS, output_name
from triptych.multitask.deployment.exported_model import answer_kind
from triptych.multitask.deployment.letterbox import GraphLetterbox
from triptych.multitask.heads import HEADS
from triptych.multitask.heads._head import Head
from triptych.multitask.inference.array_answers import annotations_of
from triptych.multitask.inference.model_card import HeadCard, ModelCard
from triptych.multitask.model.multitask_model import MultitaskModel
from triptych.multitask.structures.uncertainty import uncertainty_of

NAMES = [name for name in HEADS if name != "attribute"]


def test_every_head_that_comes_with_triptych_says_its_kind(build: Callable[..., MultitaskModel]):
    model = build(*NAMES)
    assert {answer_kind(head, name) for name, head in model.heads.items()} == {*PARTS}


def test_a_head_without_a_kind_is_refused_in_one_line():
    class Other(Head):
        def __init__(self):
            nn.Module.__init__(self)

    Other.__abstractmethods__ = frozenset()  # type: ignore[attr-defined]
    with pytest.raises(ConfigError, match=r"head depth \(Other\) cannot be exported"):
        answer_kind(Other(), "depth")  # type: ignore[abstract]


def test_an_answer_has_as_many_parts_as_its_kind():
    with pytest.raises(ValueError, match="argument"):
        Answer.of("boxes", torch.zeros(1, 4))


@pytest.mark.parametrize("name", NAMES)
def test_an_answer_is_what_the_head_decodes(build: Callable[..., MultitaskModel], name: str):
    model = build(name)
    with torch.no_grad():
        output = model(torch.rand(3, 3, 32, 48))[name]
    head, kind = model.heads[name], answer_kind(model.heads[name], name)
    said = head.export_answer(output, GraphLetterbox.identity(model.info))
    card = HeadCard(kind, (0, 0, 0), tuple(getattr(head, "names", ())))
    arrays = {output_name(name, part): value.numpy() for part, value in said.parts.items()}
    told = annotations_of(ModelCard(model.info, (name,), {name: card}), arrays, 3)[name]
    for one, other in zip(told, head.decode(output), strict=True):
        assert one.to_dict() == other.to_dict()


@pytest.mark.parametrize("name", NAMES)
def test_an_output_made_of_an_answer_says_the_same(build: Callable[..., MultitaskModel], name: str):
    model = build(name)
    head, frame = model.heads[name], GraphLetterbox.identity(model.info)
    with torch.no_grad():
        output = model(torch.rand(3, 3, 32, 48))[name]
        parts = head.export_answer(output, frame).parts
        back = head.answered_output(parts)
    if name in ("boxes", "circles"):
        found = head.answer_metrics()["ap50"].detect(back)  # type: ignore[operator]
        assert torch.equal(found.shapes, parts[""])
        assert torch.equal(found.classes, parts["classes"])
    else:
        again = head.export_answer(back, frame).parts
        for part, value in parts.items():
            assert torch.allclose(again[part].float(), value.float(), atol=1e-5)


@pytest.mark.parametrize("name", ["label", "mask", "semantic", "boxes", "circles"])
def test_the_doubt_is_that_of_the_annotation(build: Callable[..., MultitaskModel], name: str):
    model = build(name)
    with torch.no_grad():
        output = model(torch.rand(3, 3, 32, 48))[name]
    head = model.heads[name]
    said = head.export_answer(output, GraphLetterbox.identity(model.info))
    expected = [uncertainty_of(one) for one in head.decode(output)]
    assert said.doubt is not None
    assert said.doubt.tolist() == pytest.approx(expected, abs=1e-4)
