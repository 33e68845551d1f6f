"""Finding out what a network is made of, by watching one image pass through it.

Nothing is declared by the parts: their shapes are those that pass, and who reads whose maps is
what autograd recorded. So any backbone and any head is understood, also the user's own.
"""

import copy
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from ...backbones._backbone import FeaturePyramid
from .multitask_model import MultitaskModel
from .network_graph import GraphNode, HeadNode, NetworkGraph

Node = Any
"""An operation in autograd's record of what was computed from what."""

CONTAINERS = (nn.ModuleList, nn.ModuleDict, nn.Sequential)


def trace_network(model: MultitaskModel) -> NetworkGraph:
    """Watch a black image pass through a copy of the model, in evaluation mode."""
    watched = copy.deepcopy(model).eval().requires_grad_()
    image = (model.info.channels, model.info.height, model.info.width)
    device = next((parameter.device for parameter in model.parameters()), None)
    with torch.enable_grad():
        images = torch.zeros(1, *image, device=device, requires_grad=True)
        seen: dict[Node, GraphNode] = {}
        for name, layer in _layers(watched.backbone):
            layer.register_forward_hook(_make_forward_hook(name, seen))
        features = watched.backbone(images)
        blocks = _with_levels(seen, features)
        heads = tuple(_head_node(name, head, features) for name, head in watched.heads.items())
    return NetworkGraph(image, _merge_layers(blocks), heads)


def count_parameters(module: nn.Module) -> int:
    """How many numbers are learned."""
    return sum(parameter.numel() for parameter in module.parameters())


def _layers(module: nn.Module, path: str = "") -> Iterator[tuple[str, nn.Module]]:
    """The parts of a module, those of its lists and sequences one by one."""
    for name, child in module.named_children():
        name = f"{path}.{name}".lstrip(".")
        if isinstance(child, CONTAINERS):
            yield from _layers(child, name)
        else:
            yield name, child


def _make_forward_hook(name: str, nodes: dict[Node, GraphNode]) -> Any:
    """A hook that notes what a layer made, if maps, and from what."""
    counted = False

    def note(layer: nn.Module, _: Any, output: Any) -> None:
        nonlocal counted
        if isinstance(output, Tensor) and output.ndim == 4 and output.grad_fn not in (None, *nodes):
            parameters = 0 if counted else count_parameters(layer)  # a layer used twice counts once
            counted = True
            block = GraphNode((name,), tuple(output.shape[1:]), parameters, frozenset())
            before = _upstream_nodes(output.grad_fn, nodes)
            nodes[output.grad_fn] = replace(block, sources=before)

    return note


def _upstream_nodes(node: Node, nodes: dict[Node, GraphNode]) -> frozenset[int]:
    """The numbers of the nearest blocks from which this node was computed."""
    numbers = {known: number for number, known in enumerate(nodes)}
    found, passed, ahead = set(), set(), [node]
    while ahead:
        node = ahead.pop()
        if node in numbers:
            found.add(numbers[node])
        elif node not in passed:
            passed.add(node)
            ahead += [before for before, _ in node.next_functions if before is not None]
    return frozenset(found)


def _with_levels(nodes: dict[Node, GraphNode], features: FeaturePyramid) -> list[GraphNode]:
    """All blocks, those that make a level of the pyramid marked; a level that no block alone
    makes becomes a block of its own."""
    blocks = [*nodes.values()]
    for level, maps in enumerate(features):
        shape = tuple(maps.shape[1:])
        sources = _upstream_nodes(maps.grad_fn, nodes) if maps.grad_fn is not None else frozenset()
        maker = min(sources) if len(sources) == 1 else None
        if maker is not None and blocks[maker].shape == shape and blocks[maker].level is None:
            blocks[maker] = replace(blocks[maker], level=level)
        else:
            blocks.append(GraphNode((f"level {level}",), shape, 0, sources, level))
    return blocks


def _merge_layers(blocks: list[GraphNode]) -> tuple[GraphNode, ...]:
    """Layers drawn into the block they work for, until each block has a size or a path of its
    own to show."""
    left = dict(enumerate(blocks))
    while pair := next(_mergeable_pairs(left), None):
        layer, reader = left.pop(pair[0]), left[pair[1]]
        left[pair[1]] = replace(
            reader,
            layers=layer.layers + reader.layers,
            parameters=reader.parameters + layer.parameters,
            sources=reader.sources - {pair[0]} | layer.sources,
        )
    order = {number: place for place, number in enumerate(left)}
    return tuple(
        replace(block, sources=frozenset(order[number] for number in block.sources))
        for block in left.values()
    )


def _mergeable_pairs(blocks: dict[int, GraphNode]) -> Iterator[tuple[int, int]]:
    """Layers that only prepare maps for one reader: of the reader's own size, or, on the way to
    where paths meet, of the size of what they read."""
    for number, block in blocks.items():
        readers = [other for other, reader in blocks.items() if number in reader.sources]
        if block.level is not None or len(readers) != 1:
            continue
        reader = blocks[readers[0]]
        same = block.shape[1:] == reader.shape[1:]
        meeting = len(reader.sources) > 1 and len(block.sources) == 1
        lateral = meeting and block.shape[1:] == blocks[min(block.sources)].shape[1:]
        if same or lateral:
            yield number, readers[0]


def _head_node(name: str, head: nn.Module, features: FeaturePyramid) -> HeadNode:
    leaves = [maps.detach().requires_grad_() for maps in features]
    output = head([leaf.clone() for leaf in leaves])
    levels = range(len(leaves))
    if output.requires_grad:
        read = torch.autograd.grad(output.sum(), leaves, allow_unused=True)
        levels = [level for level, slope in enumerate(read) if slope is not None]
    return HeadNode(
        name,
        type(head).__name__.removesuffix("Head"),
        tuple(output.shape[1:]),
        count_parameters(head),
        tuple(levels),
    )
