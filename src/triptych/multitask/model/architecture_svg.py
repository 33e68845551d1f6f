"""The diagram of a network as SVG: the image, the backbone's blocks and skips, the heads."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from ...frame.drawing.colors import MUTED, NEUTRAL, Color
from ..heads._colors import head_colors
from .diagram_layout import (
    LABEL_HEIGHT,
    LINK_SPACING,
    MARGIN,
    DiagramLayout,
    Rect,
    arc_height,
    layout_diagram,
)
from .multitask_model import MultitaskModel
from .network_graph import NetworkGraph, format_shape
from .svg import arc, arrow, rect, svg_document, text
from .tracing import count_parameters, trace_network

IMAGE_COLOR: Color = (196, 199, 202)
LEVEL_COLOR = NEUTRAL  # of blocks whose maps the heads get: a hue is a head's
INNER_COLOR: Color = (168, 178, 190)  # the same, paler
SKIP_COLOR = NEUTRAL
WHITE: Color = (255, 255, 255)
HEAD_EDGE: Color = (214, 217, 219)
SMALL = 11  # pixels: of the less important text


def render_architecture(model: MultitaskModel) -> str:
    """A model as one self-contained SVG: from the image through the backbone's blocks to the heads
    that read them, with the shapes (channels×height×width) of a real pass, and where the
    parameters are.

    Blocks are as high as their maps and as wide as these are deep, reduced by a power. Works for
    any backbone and any head, as `trace_network` does.
    """
    network = _order_heads(trace_network(model))
    layout = layout_diagram(network)
    name = f"{type(model.backbone).__name__} with {_count(len(network.heads), 'head')}"
    size = _count(count_parameters(model), "parameter")
    colors = head_colors(dict(model.heads))
    parts = [
        text(model.info.dataset, MARGIN, 46, size=20, bold=True),
        text(f"{name} · {size}", MARGIN, 68, color=MUTED),
        *_edges(network, layout),
        *_head_links(network, layout, colors),
        *_blocks(network, layout),
        *_heads(network, layout, colors),
        *_legend(network, layout),
    ]
    return svg_document(layout.width, layout.height, f"{model.info.dataset}: {name}", parts)


def _order_heads(network: NetworkGraph) -> NetworkGraph:
    """The heads sorted by the last stage they read, so that their links do not cross."""
    pairs = zip(network.head_inputs, network.heads)
    ordered = sorted(pairs, key=lambda pair: -max(pair[0], default=0))
    return replace(network, heads=tuple(head for _, head in ordered))


def _edges(network: NetworkGraph, layout: DiagramLayout) -> Iterator[str]:
    """Arrows from each stage to the next if that reads it, arcs to those farther on."""
    for start, end in network.edges:
        source, reader = layout.stages[start], layout.stages[end]
        if end - start == 1:
            yield arrow([(source.right + 2, source.y), (reader.left - 2, source.y)], MUTED)
    for start, end in network.skips:
        source, reader = layout.stages[start], layout.stages[end]
        rise = arc_height(reader.x - source.x)
        yield arc((source.x, source.top - 2), (reader.x, reader.top - 2), rise, SKIP_COLOR)


def _head_links(
    network: NetworkGraph, layout: DiagramLayout, colors: Mapping[str, Color]
) -> Iterator[str]:
    """Links from the blocks to the heads that read them, below the blocks' labels; those of each
    block turn upwards in a column of their own."""
    tapped = layout.tapped_stages
    for node, head, stages in zip(network.heads, layout.heads, network.head_inputs):
        for position, stage in enumerate(sorted(stages, reverse=True)):
            order, source = tapped.index(stage), layout.stages[stage]
            column = head.left - LINK_SPACING * (len(tapped) - order + 0.5)
            row = head.y + 10 * (position - (len(stages) - 1) / 2)
            if stage == len(network.nodes):
                track = [(source.right + 2, source.y), (column, source.y)]
            else:
                lane = layout.link_lane_y + LINK_SPACING * order
                track = [(source.x, source.bottom + LABEL_HEIGHT), (source.x, lane), (column, lane)]
            yield arrow([*track, (column, row), (head.left - 2, row)], colors[node.name])


def _blocks(network: NetworkGraph, layout: DiagramLayout) -> Iterator[str]:
    image, *blocks = layout.stages
    yield rect(image.left, image.top, image.width, image.height, IMAGE_COLOR)
    yield from _label(image, format_shape(network.image), "image")
    for node, block in zip(network.nodes, blocks):
        hint = f"{', '.join(node.layers)}: {_count(node.parameters, 'parameter')}"
        fill = INNER_COLOR if node.level is None else LEVEL_COLOR
        yield rect(block.left, block.top, block.width, block.height, fill, hint=hint)
        yield from _label(block, format_shape(node.shape), node.layers[-1], f"{node.parameters:,}")


def _label(block: Rect, shape: str, *lines: str) -> Iterator[str]:
    yield text(shape, block.x, block.bottom + 20, bold=True, anchor="middle")
    for number, line in enumerate(lines):
        y = block.bottom + 36 + 15 * number
        yield text(line, block.x, y, size=SMALL, color=MUTED, anchor="middle")


def _heads(
    network: NetworkGraph, layout: DiagramLayout, colors: Mapping[str, Color]
) -> Iterator[str]:
    for head, box in zip(network.heads, layout.heads):
        yield rect(box.left, box.top, box.width, box.height, WHITE, stroke=HEAD_EDGE, corner=5)
        stripe = colors[head.name]
        yield rect(box.left + 8, box.top + 10, 6, box.height - 20, stripe, corner=2)
        yield text(head.name, box.left + 22, box.y - 4, size=13, bold=True)
        yield text(format_shape(head.shape), box.right - 14, box.y - 4, bold=True, anchor="end")
        facts = f"{head.kind} · {_count(head.parameters, 'parameter')}"
        yield text(facts, box.left + 22, box.y + 14, size=SMALL, color=MUTED)


def _legend(network: NetworkGraph, layout: DiagramLayout) -> Iterator[str]:
    x, y = MARGIN, layout.height - 20
    yield rect(x, y - 9, 10, 10, LEVEL_COLOR, corner=2)
    yield text("maps offered to the heads", x + 17, y, size=SMALL, color=MUTED)
    if any(node.level is None for node in network.nodes):
        yield rect(x + 180, y - 9, 10, 10, INNER_COLOR, corner=2)
        yield text("maps within", x + 197, y, size=SMALL, color=MUTED)
    if network.skips:
        yield arc((x + 290, y), (x + 316, y), 12, SKIP_COLOR)
        yield text("skip", x + 326, y, size=SMALL, color=MUTED)
    note = "below a block: channels×height×width, layer, parameters"
    yield text(note, MARGIN, y - 20, size=SMALL, color=MUTED)


def _count(number: int, noun: str) -> str:
    """
    >>> _count(1, "head"), _count(1200, "parameter")
    ('1 head', '1,200 parameters')
    """
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
