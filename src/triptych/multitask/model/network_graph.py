"""A network as a graph: the nodes of the backbone that make maps, and the heads that read them."""

from dataclasses import dataclass, replace

Shape = tuple[int, ...]
"""Of one image's maps or output: (channels, height, width), or (numbers,)."""


@dataclass(frozen=True)
class GraphNode:
    """A part of the backbone.

    Parameters:
        layers: the names of its layers, in the order they work.
        shape: of the maps it makes: channels, height, width.
        parameters: how many numbers are learned.
        sources: the indices of the nodes it reads; empty for one that reads the image alone.
        level: the index of its maps in the feature pyramid; None where the heads do not get them.
    """

    layers: tuple[str, ...]
    shape: Shape
    parameters: int
    sources: frozenset[int]
    level: int | None = None

    def merge_source(self, index: int, source: "GraphNode") -> "GraphNode":
        """This node with one that it reads merged into it.

        Parameters:
            index: of the other node.
            source: the other node.
        """
        return replace(
            self,
            layers=source.layers + self.layers,
            parameters=self.parameters + source.parameters,
            sources=self.sources - {index} | source.sources,
        )


@dataclass(frozen=True)
class HeadNode:
    """A head.

    Parameters:
        name: what it is called in the dataset.
        kind: its class, without "Head".
        shape: of its output for one image; empty for a single number.
        parameters: how many numbers are learned.
        levels: the indices of the maps of the feature pyramid that it reads.
    """

    name: str
    kind: str
    shape: Shape
    parameters: int
    levels: tuple[int, ...]


@dataclass(frozen=True)
class NetworkGraph:
    """The image, the backbone's nodes in the order they work, and the heads.

    Image and nodes together are the stages: stage 0 is the image, stage 1 node 0.

    Parameters:
        image: shape of the image.
        nodes: of the backbone.
        heads: in the order of the model.
    """

    image: Shape
    nodes: tuple[GraphNode, ...]
    heads: tuple[HeadNode, ...]

    @property
    def shapes(self) -> list[Shape]:
        """The shape of each stage."""
        return [self.image, *(node.shape for node in self.nodes)]

    @property
    def edges(self) -> list[tuple[int, int]]:
        """Pairs of stages (source, reader)."""
        return [
            (source + 1, number)
            for number, node in enumerate(self.nodes, 1)
            for source in sorted(node.sources) or [-1]
        ]

    @property
    def skips(self) -> list[tuple[int, int]]:
        """The edges that pass over another stage."""
        return [(source, reader) for source, reader in self.edges if reader - source > 1]

    @property
    def head_inputs(self) -> list[list[int]]:
        """For each head, the stages it reads."""
        stages = {node.level: number for number, node in enumerate(self.nodes, 1)}
        return [[stages[level] for level in head.levels] for head in self.heads]


def format_shape(shape: Shape) -> str:
    """A shape for people to read.

    >>> format_shape((16, 28, 28)), format_shape(())
    ('16×28×28', '1')
    """
    return "×".join(map(str, shape)) or "1"
