"""The picture of a network: the image, the backbone's blocks and skips, the heads; as SVG."""

from collections.abc import Iterator
from dataclasses import replace

from ...frame.drawing.colors import MUTED, PALETTE, Color
from .diagram_layout import (
    LABEL,
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

OFFERED = PALETTE[0]
INNER: Color = (170, 203, 222)  # the same blue, paler
SKIP = PALETTE[5]


def render_architecture(model: MultitaskModel) -> str:
    """The model as one self-contained SVG: from the image through the backbone's blocks to the
    heads that read them, with the shapes (channels×height×width) of a real pass, and where the
    parameters are.

    Blocks are as high and as wide as their maps are high and deep, by a gentle law. Works for
    any backbone and any head, as `dissect` does.
    """
    network = _order_heads(trace_network(model))
    layout = layout_diagram(network)
    name = f"{type(model.backbone).__name__} with {_count(len(network.heads), 'head')}"
    parts = [
        text(model.info.dataset, MARGIN, 46, size=20, bold=True),
        text(f"{name} · {_count(count_parameters(model), 'parameter')}", MARGIN, 68, color=MUTED),
        *_edges(network, layout),
        *_head_links(network, layout),
        *_blocks(network, layout),
        *_heads(network, layout),
        *_legend(network, layout),
    ]
    return svg_document(layout.width, layout.height, f"{model.info.dataset}: {name}", parts)


def _order_heads(network: NetworkGraph) -> NetworkGraph:
    """The heads sorted from those that read the last block down: their lines do not cross."""
    pairs = sorted(
        zip(network.head_inputs, network.heads), key=lambda pair: -max(pair[0], default=0)
    )
    return replace(network, heads=tuple(head for _, head in pairs))


def _edges(network: NetworkGraph, layout: DiagramLayout) -> Iterator[str]:
    """Arrows from each stage to the next that reads it, arcs to those farther on."""
    for start, end in network.edges:
        source, reader = layout.stages[start], layout.stages[end]
        if end - start == 1:
            yield arrow([(source.right + 2, source.y), (reader.left - 2, source.y)], MUTED)
    for start, end in network.skips:
        source, reader = layout.stages[start], layout.stages[end]
        rise = arc_height(reader.x - source.x)
        yield arc((source.x, source.top - 2), (reader.x, reader.top - 2), rise, SKIP)


def _head_links(network: NetworkGraph, layout: DiagramLayout) -> Iterator[str]:
    """Lines from the blocks to the heads that read them, below the blocks' labels; each block's
    lines turn upwards in a column of their own."""
    for card, stages in zip(layout.heads, network.head_inputs):
        for place, stage in enumerate(sorted(stages, reverse=True)):
            order, source = layout.tapped_stages.index(stage), layout.stages[stage]
            column = card.left - LINK_SPACING * (len(layout.tapped_stages) - order + 0.5)
            row = card.y + 10 * (place - (len(stages) - 1) / 2)
            if stage == len(network.blocks):
                track = [(source.right + 2, source.y), (column, source.y)]
            else:
                lane = layout.link_lane_y + LINK_SPACING * order
                track = [(source.x, source.bottom + LABEL), (source.x, lane), (column, lane)]
            yield arrow([*track, (column, row), (card.left - 2, row)], MUTED)


def _blocks(network: NetworkGraph, layout: DiagramLayout) -> Iterator[str]:
    image, *places = layout.stages
    yield rect(image.left, image.top, image.width, image.height, (196, 199, 202))
    yield from _label(image, format_shape(network.image), "image")
    for block, place in zip(network.blocks, places):
        hint = f"{', '.join(block.layers)}: {_count(block.parameters, 'parameter')}"
        fill = INNER if block.level is None else OFFERED
        yield rect(place.left, place.top, place.width, place.height, fill, hint=hint)
        yield from _label(
            place, format_shape(block.shape), block.layers[-1], f"{block.parameters:,}"
        )


def _label(place: Rect, shape: str, *lines: str) -> Iterator[str]:
    yield text(shape, place.x, place.bottom + 20, bold=True, anchor="middle")
    for number, line in enumerate(lines):
        y = place.bottom + 36 + 15 * number
        yield text(line, place.x, y, size=11, color=MUTED, anchor="middle")


def _heads(network: NetworkGraph, layout: DiagramLayout) -> Iterator[str]:
    for number, (head, card) in enumerate(zip(network.heads, layout.heads)):
        white, edge = (255, 255, 255), (214, 217, 219)
        yield rect(card.left, card.top, card.width, card.height, white, stroke=edge, corner=5)
        stripe = PALETTE[number % len(PALETTE)]
        yield rect(card.left + 8, card.top + 10, 4, card.height - 20, stripe, corner=2)
        yield text(head.name, card.left + 22, card.y - 4, size=13, bold=True)
        yield text(format_shape(head.shape), card.right - 14, card.y - 4, bold=True, anchor="end")
        told = f"{head.kind} · {_count(head.parameters, 'parameter')}"
        yield text(told, card.left + 22, card.y + 14, size=11, color=MUTED)


def _legend(network: NetworkGraph, layout: DiagramLayout) -> Iterator[str]:
    x, y = MARGIN, layout.height - 20
    yield rect(x, y - 9, 10, 10, OFFERED, corner=2)
    yield text("maps offered to the heads", x + 17, y, size=11, color=MUTED)
    if any(block.level is None for block in network.blocks):
        yield rect(x + 180, y - 9, 10, 10, INNER, corner=2)
        yield text("maps within", x + 197, y, size=11, color=MUTED)
    if network.skips:
        yield arc((x + 290, y), (x + 316, y), 12, SKIP)
        yield text("skip", x + 326, y, size=11, color=MUTED)
    told = "below a block: channels×height×width, layer, parameters"
    yield text(told, MARGIN, y - 20, size=11, color=MUTED)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
