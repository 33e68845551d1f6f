"""Nodes, edges and what heads read."""

from triptych.multitask.model.network_graph import GraphNode, HeadNode, NetworkGraph, format_shape

NODES = (
    GraphNode(("stem",), (4, 8, 8), 40, frozenset()),
    GraphNode(("down",), (8, 4, 4), 80, frozenset({0}), level=1),
    GraphNode(("up",), (4, 8, 8), 20, frozenset({0, 1}), level=0),
)
HEADS = (HeadNode("digit", "Label", (10,), 90, (1,)), HeadNode("mask", "Mask", (8, 8), 5, (0, 1)))
GRAPH = NetworkGraph((1, 8, 8), NODES, HEADS)


def test_the_image_is_stage_0():
    assert GRAPH.shapes == [(1, 8, 8), (4, 8, 8), (8, 4, 4), (4, 8, 8)]


def test_a_node_without_sources_reads_the_image():
    assert GRAPH.edges == [(0, 1), (1, 2), (1, 3), (2, 3)]


def test_a_skip_passes_over_a_stage():
    assert GRAPH.skips == [(1, 3)]


def test_heads_read_the_stages_that_make_their_levels():
    assert GRAPH.head_inputs == [[2], [3, 2]]


def test_a_merged_node_has_the_layers_parameters_and_sources_of_both():
    merged = NODES[2].merge_source(1, NODES[1])
    assert merged == GraphNode(("down", "up"), (4, 8, 8), 100, frozenset({0}), level=0)


def test_shapes_are_written_with_crosses():
    assert format_shape((3, 20, 10)) == "3×20×10" and format_shape(()) == "1"
