"""Elements of SVG: well formed, escaped, in their places."""

import re
from xml.etree import ElementTree

from triptych.multitask.model.svg import arc, arrow, rect, svg_document, text

RED = (255, 0, 0)


def parsed(element: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(f"<svg>{element}</svg>"))


def test_a_document_is_well_formed_and_has_its_size_and_title():
    root = ElementTree.fromstring(svg_document(30, 20.5, "a < b", [rect(1, 2, 3, 4, RED)]))
    assert root.get("viewBox") == "0 0 30 20.5"
    title, background, drawn = root
    assert title.text == "a < b"
    assert background.get("width") == "30" and drawn.get("x") == "1"


def test_text_is_escaped_and_anchored():
    (element,) = parsed(text("<&>", 3, 4, bold=True, anchor="end", color=RED))
    assert element.text == "<&>" and element.get("text-anchor") == "end"
    assert element.get("font-weight") == "600" and element.get("fill") == "#ff0000"


def test_a_rectangle_has_a_hint_and_an_outline_if_asked_for():
    (element,) = parsed(rect(1, 2, 3, 4, RED, stroke=RED, hint="3 > 2"))
    assert element.get("stroke") == "#ff0000" and element[0].text == "3 > 2"
    assert parsed(rect(1, 2, 3, 4, RED))[0].get("stroke") is None


def numbers(path: ElementTree.Element) -> list[float]:
    return [float(number) for number in re.findall(r"-?[\d.]+", path.get("d") or "")]


def test_an_arrow_goes_through_its_points_and_its_head_is_at_the_end():
    track, head = parsed(arrow([(0, 0), (50, 0), (50, 40)], RED))
    assert numbers(track)[:2] == [0, 0] and numbers(track)[-2:] == [50, 40]
    assert numbers(track)[2:8] == [43, 0, 50, 0, 50, 7]  # the corner is rounded
    assert numbers(head) == [50, 40, 47, 34, 53, 34]  # it points down


def test_a_short_bend_is_rounded_less():
    track, _ = parsed(arrow([(0, 0), (4, 0), (4, 40)], RED))
    assert numbers(track)[2:4] == [2, 0]


def test_an_arc_rises_above_its_ends_and_comes_down():
    track, head = parsed(arc((0, 50), (40, 50), 20, RED))
    assert numbers(track) == [0, 50, 0, 30, 40, 30, 40, 50]
    assert numbers(head)[1] > numbers(head)[3]


def test_an_arrow_without_length_is_no_error():
    assert "nan" not in arrow([(1, 1), (1, 1)], RED)
