"""Find out what a network is made of, by tracing one image through it.

Nothing is declared by the parts: their shapes are those of a real pass, and which part reads whose
maps is what autograd recorded. So any backbone and any head is understood, also a user's own.
"""

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from ...backbones._backbone import FeaturePyramid
from .multitask_model import MultitaskModel
from .network_graph import GraphNode, HeadNode, NetworkGraph

GradFn = Any
"""An operation in autograd's record of what was computed from what: `tensor.grad_fn`."""

CONTAINERS = (nn.ModuleList, nn.ModuleDict, nn.Sequential)


def trace_network(model: MultitaskModel) -> NetworkGraph:
    """The graph of a model, from a black image passed through a copy of it in evaluation mode."""
    traced = copy.deepcopy(model).eval().requires_grad_()
    image = (model.info.channels, model.info.height, model.info.width)
    device = next((parameter.device for parameter in model.parameters()), None)
    with torch.enable_grad():
        images = torch.zeros(1, *image, device=device, requires_grad=True)
        recorded: dict[GradFn, GraphNode] = {}
        for name, layer in _layers(traced.backbone):
            layer.register_forward_hook(_make_forward_hook(name, recorded))
        features = traced.backbone(images)
        nodes = _with_levels(recorded, features)
        heads = tuple(_head_node(name, head, features) for name, head in traced.heads.items())
    return NetworkGraph(image, _merge_layers(nodes), heads)


def count_parameters(module: nn.Module) -> int:
    """How many numbers of a module are learned."""
    return sum(parameter.numel() for parameter in module.parameters())


def _layers(module: nn.Module, path: str = "") -> Iterator[tuple[str, nn.Module]]:
    """The children of a module by name; those of its lists and sequences one by one."""
    for name, child in module.named_children():
        name = f"{path}.{name}".lstrip(".")
        if isinstance(child, CONTAINERS):
            yield from _layers(child, name)
        else:
            yield name, child


def _make_forward_hook(name: str, recorded: dict[GradFn, GraphNode]) -> Callable[..., None]:
    """A forward hook that records a node for each new tensor of maps that a layer computes."""
    counted = False

    def record(layer: nn.Module, _: Any, output: Any) -> None:
        nonlocal counted
        if not (isinstance(output, Tensor) and output.ndim == 4):
            return
        if output.grad_fn is None or output.grad_fn in recorded:
            return
        parameters = 0 if counted else count_parameters(layer)  # a layer used twice counts once
        counted = True
        sources = _upstream_nodes(output.grad_fn, recorded)
        recorded[output.grad_fn] = GraphNode((name,), tuple(output.shape[1:]), parameters, sources)

    return record


def _upstream_nodes(start: GradFn, recorded: Mapping[GradFn, GraphNode]) -> frozenset[int]:
    """The indices of the nearest nodes from which an operation was computed."""
    indices = {grad_fn: index for index, grad_fn in enumerate(recorded)}
    nearest, visited, pending = set(), set(), [start]
    while pending:
        grad_fn = pending.pop()
        if grad_fn in indices:
            nearest.add(indices[grad_fn])
        elif grad_fn not in visited:
            visited.add(grad_fn)
            pending += [before for before, _ in grad_fn.next_functions if before is not None]
    return frozenset(nearest)


def _with_levels(recorded: Mapping[GradFn, GraphNode], features: FeaturePyramid) -> list[GraphNode]:
    """All nodes, those marked whose maps are a level of the pyramid; a level that no single node
    computes becomes a node of its own."""
    nodes = [*recorded.values()]
    for level, maps in enumerate(features):
        shape = tuple(maps.shape[1:])
        sources = frozenset() if maps.grad_fn is None else _upstream_nodes(maps.grad_fn, recorded)
        maker = min(sources) if len(sources) == 1 else None
        if maker is not None and nodes[maker].shape == shape and nodes[maker].level is None:
            nodes[maker] = replace(nodes[maker], level=level)
        else:
            nodes.append(GraphNode((f"level {level}",), shape, 0, sources, level))
    return nodes


def _merge_layers(nodes: list[GraphNode]) -> tuple[GraphNode, ...]:
    """Layers merged into the node that reads them, one after the other, until each node left
    changes the size of the maps or has paths of its own."""
    remaining = dict(enumerate(nodes))
    pair = _mergeable_pair(remaining)
    while pair is not None:
        layer, reader = pair
        remaining[reader] = remaining[reader].merge_source(layer, remaining[layer])
        del remaining[layer]
        pair = _mergeable_pair(remaining)
    new_index = {old: new for new, old in enumerate(remaining)}
    return tuple(
        replace(node, sources=frozenset(new_index[source] for source in node.sources))
        for node in remaining.values()
    )


def _mergeable_pair(nodes: Mapping[int, GraphNode]) -> tuple[int, int] | None:
    """The first node that only prepares maps for a single reader, and that reader; None if there
    is none.

    Its maps have the size of the reader's, or, where the reader joins several paths, the size of
    the maps it reads itself (a lateral connection).
    """
    for index, node in nodes.items():
        readers = [other for other, reader in nodes.items() if index in reader.sources]
        if node.level is not None or len(readers) != 1:
            continue
        reader = nodes[readers[0]]
        same_size = node.shape[1:] == reader.shape[1:]
        joins = len(reader.sources) > 1 and len(node.sources) == 1
        lateral = joins and node.shape[1:] == nodes[min(node.sources)].shape[1:]
        if same_size or lateral:
            return index, readers[0]
    return None


def _head_node(name: str, head: nn.Module, features: FeaturePyramid) -> HeadNode:
    leaves = [maps.detach().requires_grad_() for maps in features]
    output = head([leaf.clone() for leaf in leaves])
    levels = range(len(leaves))
    if output.requires_grad:
        gradients = torch.autograd.grad(output.sum(), leaves, allow_unused=True)
        levels = [level for level, gradient in enumerate(gradients) if gradient is not None]
    return HeadNode(
        name=name,
        kind=type(head).__name__.removesuffix("Head"),
        shape=tuple(output.shape[1:]),
        parameters=count_parameters(head),
        levels=tuple(levels),
    )
