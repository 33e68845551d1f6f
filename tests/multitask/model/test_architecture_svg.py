"""The picture of a network says what the network is."""

from xml.etree import ElementTree

import pytest

from triptych.multitask.model.architecture_svg import diagram
from triptych.multitask.model.diagram_layout import floorplan
from triptych.multitask.model.multitask_model import Model
from triptych.multitask.model.network_graph import written
from triptych.multitask.model.tracing import dissect
from triptych.multitask.structures.info import Card

TRUTHS = ("label", "box", "circle", "mask")
DIGITS = Card("digits", 1, 28, 28, TRUTHS, tuple("0123456789"), names={"label": "digit"})
EMOJI = Card("emoji", 3, 144, 96, TRUTHS, ("happy", "sad"), names={"label": "<&>"})
SPACE = "{http://www.w3.org/2000/svg}"


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SPACE}text")]


@pytest.mark.parametrize("card", [DIGITS, EMOJI], ids=["digits", "emoji"])
@pytest.mark.parametrize("backbone", ["unet", "residual"])
def test_every_head_and_every_shape_is_written(card: Card, backbone: str):
    model = Model(card, TRUTHS if backbone == "unet" else TRUTHS[:2], backbone)
    network = dissect(model)
    said = texts(diagram(model))
    for part in (*network.blocks, *network.heads):
        assert written(part.shape) in said
    assert {*model.heads} <= {*said}
    assert written(network.image) in said
    assert any(f"{model.parameter_count():,} parameters" in text for text in said)


def test_the_picture_needs_nothing_from_elsewhere():
    svg = diagram(Model(DIGITS, ["label"]))
    assert svg.count("http") == 1 and 'xmlns="http://www.w3.org/2000/svg"' in svg
    assert "href" not in svg and "url(" not in svg and "nan" not in svg


def test_the_picture_of_a_model_is_always_the_same():
    model = Model(DIGITS, ["label", "mask"])
    assert diagram(model) == diagram(model)


def test_there_is_an_arc_for_each_skip():
    svg = diagram(Model(DIGITS, TRUTHS))
    assert svg.count(" C") == 3 + 1  # and one in the legend
    assert " C" not in diagram(Model(DIGITS, ["label"], "residual"))


@pytest.mark.parametrize("card", [DIGITS, EMOJI], ids=["digits", "emoji"])
def test_nothing_stands_upon_another_or_outside(card: Card):
    plan = floorplan(dissect(Model(card, TRUTHS)))
    for before, after in zip(plan.stages, plan.stages[1:]):
        assert before.right + 10 < after.left
    for above, below in zip(plan.cards, plan.cards[1:]):
        assert above.bottom < below.top
    assert plan.stages[-1].right < plan.cards[0].left
    for place in plan.stages + plan.cards:
        assert place.left > 0 and place.right < plan.width
        assert place.top > 70 and place.bottom < plan.height


def test_finer_maps_are_drawn_higher_and_deeper_ones_wider():
    network = dissect(Model(DIGITS, TRUTHS))
    places = floorplan(network).stages
    for shape, place in zip(network.shapes, places):
        for other, there in zip(network.shapes, places):
            assert (shape[0] < other[0]) == (place.width < there.width)
            assert (shape[1] < other[1]) == (place.height < there.height)
