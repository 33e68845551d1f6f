"""The picture of a network says what the network is."""

from xml.etree import ElementTree

import pytest

from triptych.frame.drawing.colors import to_hex
from triptych.multitask.heads._colors import head_colors
from triptych.multitask.model.architecture_svg import render_architecture
from triptych.multitask.model.diagram_layout import layout_diagram
from triptych.multitask.model.multitask_model import MultitaskModel
from triptych.multitask.model.network_graph import format_shape
from triptych.multitask.model.tracing import count_parameters, trace_network
from triptych.multitask.structures.info import DatasetInfo

TARGETS = ("label", "box", "circle", "mask")
DIGITS = DatasetInfo(
    "digits", 1, 28, 28, TARGETS, tuple("0123456789"), head_names={"label": "digit"}
)
EMOJI = DatasetInfo("emoji", 3, 144, 96, TARGETS, ("happy", "sad"), head_names={"label": "<&>"})
SPACE = "{http://www.w3.org/2000/svg}"


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SPACE}text")]


@pytest.mark.parametrize("info", [DIGITS, EMOJI], ids=["digits", "emoji"])
@pytest.mark.parametrize("backbone", ["unet", "residual"])
def test_every_head_and_every_shape_is_written(info: DatasetInfo, backbone: str):
    model = MultitaskModel(info, TARGETS if backbone == "unet" else TARGETS[:2], backbone)
    network = trace_network(model)
    said = texts(render_architecture(model))
    for part in (*network.nodes, *network.heads):
        assert format_shape(part.shape) in said
    assert {*model.heads} <= {*said}
    assert format_shape(network.image) in said
    assert any(f"{count_parameters(model):,} parameters" in text for text in said)


def test_the_picture_needs_nothing_from_elsewhere():
    svg = render_architecture(MultitaskModel(DIGITS, ["label"]))
    assert svg.count("http") == 1 and 'xmlns="http://www.w3.org/2000/svg"' in svg
    assert "href" not in svg and "url(" not in svg and "nan" not in svg


def test_the_picture_of_a_model_is_always_the_same():
    model = MultitaskModel(DIGITS, ["label", "mask"])
    assert render_architecture(model) == render_architecture(model)


def test_there_is_an_arc_for_each_skip():
    svg = render_architecture(MultitaskModel(DIGITS, TARGETS))
    assert svg.count(" C") == 3 + 1  # and one in the legend
    assert " C" not in render_architecture(MultitaskModel(DIGITS, ["label"], "residual"))


@pytest.mark.parametrize("info", [DIGITS, EMOJI], ids=["digits", "emoji"])
def test_nothing_stands_upon_another_or_outside(info: DatasetInfo):
    plan = layout_diagram(trace_network(MultitaskModel(info, TARGETS)))
    for before, after in zip(plan.stages, plan.stages[1:]):
        assert before.right + 10 < after.left
    for above, below in zip(plan.heads, plan.heads[1:]):
        assert above.bottom < below.top
    assert plan.stages[-1].right < plan.heads[0].left
    for place in plan.stages + plan.heads:
        assert place.left > 0 and place.right < plan.width
        assert place.top > 70 and place.bottom < plan.height


def test_finer_maps_are_drawn_higher_and_deeper_ones_wider():
    network = trace_network(MultitaskModel(DIGITS, TARGETS))
    places = layout_diagram(network).stages
    for shape, place in zip(network.shapes, places):
        for other, there in zip(network.shapes, places):
            assert (shape[0] < other[0]) == (place.width < there.width)
            assert (shape[1] < other[1]) == (place.height < there.height)


def test_each_head_has_the_color_it_has_in_every_picture():
    model = MultitaskModel(DIGITS, TARGETS)
    svg = render_architecture(model)
    for color in head_colors(dict(model.heads)).values():
        stripe, link = f'fill="{to_hex(color)}"', f'stroke="{to_hex(color)}"'
        assert stripe in svg and link in svg
