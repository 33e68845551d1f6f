"""Nothing of a diagram overlaps or leaves it."""

import itertools

import pytest

from triptych.multitask.model.diagram_layout import Rect, arc_height, layout_diagram
from triptych.multitask.model.network_graph import GraphNode, HeadNode, NetworkGraph


def chain(length: int, heads: int, *, skip: bool = False) -> NetworkGraph:
    """Nodes of falling size; each head reads one of them."""
    nodes = [
        GraphNode((f"n{i}",), (4 * 2**i, 64 // 2**i, 64 // 2**i), 9, frozenset({i - 1} - {-1}), i)
        for i in range(length)
    ]
    if skip:
        last = nodes[-1]
        nodes[-1] = GraphNode(last.layers, last.shape, 9, last.sources | {0}, last.level)
    answers = tuple(HeadNode(f"h{i}", "Label", (10,), 5, (i % length,)) for i in range(heads))
    return NetworkGraph((3, 64, 64), tuple(nodes), answers)


def apart(one: Rect, other: Rect) -> bool:
    return (
        one.right <= other.left
        or other.right <= one.left
        or one.bottom <= other.top
        or other.bottom <= one.top
    )


@pytest.mark.parametrize(("length", "heads"), [(1, 1), (3, 2), (6, 6)])
def test_blocks_and_heads_stand_apart_within_the_diagram(length: int, heads: int):
    layout = layout_diagram(chain(length, heads))
    rects = [*layout.stages, *layout.heads]
    assert len(rects) == 1 + length + heads
    assert all(apart(*pair) for pair in itertools.combinations(rects, 2))
    for rect in rects:
        assert 0 < rect.left < rect.right < layout.width
        assert 0 < rect.top < rect.bottom < layout.height


def test_the_tapped_stages_come_from_the_right():
    assert layout_diagram(chain(3, 4)).tapped_stages == [3, 2, 1]


def test_larger_maps_have_larger_blocks():
    image, *blocks = layout_diagram(chain(4, 1)).stages
    heights = [block.height for block in blocks]
    assert heights == sorted(heights, reverse=True) and image.height == heights[0]
    assert [block.width for block in blocks] == sorted(block.width for block in blocks)


def test_the_highest_arc_stays_below_the_header():
    layout = layout_diagram(chain(6, 1, skip=True))
    start, end = layout.stages[1], layout.stages[6]
    assert start.top - 0.75 * arc_height(end.x - start.x) > 0
    assert layout.height >= layout_diagram(chain(6, 1)).height
