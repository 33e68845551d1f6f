"""The picture of a network: the image, the backbone's blocks and skips, the heads; as SVG."""

from collections.abc import Iterator
from dataclasses import replace

from ...frame.drawing.colors import MUTED, PALETTE, Color
from .diagram_layout import LABEL, LANE, MARGIN, Floorplan, Place, floorplan, lift
from .multitask_model import Model
from .network_graph import Anatomy, written
from .svg import arc, arrow, document, slab, words
from .tracing import dissect, size

OFFERED = PALETTE[0]
INNER: Color = (170, 203, 222)  # the same blue, paler
SKIP = PALETTE[5]


def diagram(model: Model) -> str:
    """The model as one self-contained SVG: from the image through the backbone's blocks to the
    heads that read them, with the shapes (channels×height×width) of a real pass, and where the
    parameters are.

    Blocks are as high and as wide as their maps are high and deep, by a gentle law. Works for
    any backbone and any head, as `dissect` does.
    """
    network = _untangled(dissect(model))
    plan = floorplan(network)
    name = f"{type(model.backbone).__name__} with {_count(len(network.heads), 'head')}"
    parts = [
        words(model.card.dataset, MARGIN, 46, size=20, bold=True),
        words(f"{name} · {_count(size(model), 'parameter')}", MARGIN, 68, colour=MUTED),
        *_flow(network, plan),
        *_readings(network, plan),
        *_stages(network, plan),
        *_cards(network, plan),
        *_legend(network, plan),
    ]
    return document(plan.width, plan.height, f"{model.card.dataset}: {name}", parts)


def _untangled(network: Anatomy) -> Anatomy:
    """The heads sorted from those that read the last block down: their lines do not cross."""
    pairs = sorted(zip(network.readings, network.heads), key=lambda pair: -max(pair[0], default=0))
    return replace(network, heads=tuple(head for _, head in pairs))


def _flow(network: Anatomy, plan: Floorplan) -> Iterator[str]:
    """Arrows from each stage to the next that reads it, arcs to those farther on."""
    for start, end in network.edges:
        source, reader = plan.stages[start], plan.stages[end]
        if end - start == 1:
            yield arrow([(source.right + 2, source.y), (reader.left - 2, source.y)], MUTED)
    for start, end in network.skips:
        source, reader = plan.stages[start], plan.stages[end]
        rise = lift(reader.x - source.x)
        yield arc((source.x, source.top - 2), (reader.x, reader.top - 2), rise, SKIP)


def _readings(network: Anatomy, plan: Floorplan) -> Iterator[str]:
    """Lines from the blocks to the heads that read them, below the blocks' labels; each block's
    lines turn upwards in a column of their own."""
    for card, stages in zip(plan.cards, network.readings):
        for place, stage in enumerate(sorted(stages, reverse=True)):
            order, source = plan.taps.index(stage), plan.stages[stage]
            column = card.left - LANE * (len(plan.taps) - order + 0.5)
            row = card.y + 10 * (place - (len(stages) - 1) / 2)
            if stage == len(network.blocks):
                track = [(source.right + 2, source.y), (column, source.y)]
            else:
                lane = plan.lanes + LANE * order
                track = [(source.x, source.bottom + LABEL), (source.x, lane), (column, lane)]
            yield arrow([*track, (column, row), (card.left - 2, row)], MUTED)


def _stages(network: Anatomy, plan: Floorplan) -> Iterator[str]:
    image, *places = plan.stages
    yield slab(image.left, image.top, image.width, image.height, (196, 199, 202))
    yield from _label(image, written(network.image), "image")
    for block, place in zip(network.blocks, places):
        hint = f"{', '.join(block.layers)}: {_count(block.parameters, 'parameter')}"
        fill = INNER if block.level is None else OFFERED
        yield slab(place.left, place.top, place.width, place.height, fill, hint=hint)
        yield from _label(place, written(block.shape), block.layers[-1], f"{block.parameters:,}")


def _label(place: Place, shape: str, *lines: str) -> Iterator[str]:
    yield words(shape, place.x, place.bottom + 20, bold=True, anchor="middle")
    for number, line in enumerate(lines):
        y = place.bottom + 36 + 15 * number
        yield words(line, place.x, y, size=11, colour=MUTED, anchor="middle")


def _cards(network: Anatomy, plan: Floorplan) -> Iterator[str]:
    for number, (head, card) in enumerate(zip(network.heads, plan.cards)):
        white, edge = (255, 255, 255), (214, 217, 219)
        yield slab(card.left, card.top, card.width, card.height, white, stroke=edge, corner=5)
        stripe = PALETTE[number % len(PALETTE)]
        yield slab(card.left + 8, card.top + 10, 4, card.height - 20, stripe, corner=2)
        yield words(head.name, card.left + 22, card.y - 4, size=13, bold=True)
        yield words(written(head.shape), card.right - 14, card.y - 4, bold=True, anchor="end")
        told = f"{head.kind} · {_count(head.parameters, 'parameter')}"
        yield words(told, card.left + 22, card.y + 14, size=11, colour=MUTED)


def _legend(network: Anatomy, plan: Floorplan) -> Iterator[str]:
    x, y = MARGIN, plan.height - 20
    yield slab(x, y - 9, 10, 10, OFFERED, corner=2)
    yield words("maps offered to the heads", x + 17, y, size=11, colour=MUTED)
    if any(block.level is None for block in network.blocks):
        yield slab(x + 180, y - 9, 10, 10, INNER, corner=2)
        yield words("maps within", x + 197, y, size=11, colour=MUTED)
    if network.skips:
        yield arc((x + 290, y), (x + 316, y), 12, SKIP)
        yield words("skip", x + 326, y, size=11, colour=MUTED)
    told = "below a block: channels×height×width, layer, parameters"
    yield words(told, MARGIN, y - 20, size=11, colour=MUTED)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
