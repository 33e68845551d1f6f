"""What a network is made of: blocks that make maps, heads that read them."""

from dataclasses import dataclass

Shape = tuple[int, ...]


@dataclass(frozen=True)
class GraphNode:
    """A part of the backbone, the layers in it in order, and the maps it makes: channels, height,
    width.

    `sources` are the numbers of the blocks it reads; one that reads the image alone has none.
    `level` is the place of its maps in the pyramid; None where the heads are not offered them.
    """

    layers: tuple[str, ...]
    shape: Shape
    parameters: int
    sources: frozenset[int]
    level: int | None = None


@dataclass(frozen=True)
class HeadNode:
    """A head: what it is called and what it is, the shape of its output for one image, and the
    levels of the pyramid it reads."""

    name: str
    kind: str
    shape: Shape
    parameters: int
    levels: tuple[int, ...]


@dataclass(frozen=True)
class NetworkGraph:
    """The image's shape, the backbone's blocks in the order they work, and the heads.

    The image and the blocks are the stages: stage 0 is the image, stage 1 block 0.
    """

    image: Shape
    blocks: tuple[GraphNode, ...]
    heads: tuple[HeadNode, ...]

    @property
    def shapes(self) -> list[Shape]:
        """Of each stage."""
        return [self.image, *(block.shape for block in self.blocks)]

    @property
    def edges(self) -> list[tuple[int, int]]:
        """Which stage is read by which: (source, reader)."""
        return [
            (source + 1, number)
            for number, block in enumerate(self.blocks, 1)
            for source in sorted(block.sources) or [-1]
        ]

    @property
    def skips(self) -> list[tuple[int, int]]:
        """The edges that pass over another stage."""
        return [(source, reader) for source, reader in self.edges if reader - source > 1]

    @property
    def head_inputs(self) -> list[list[int]]:
        """For each head, the stages it reads."""
        stages = {block.level: number for number, block in enumerate(self.blocks, 1)}
        return [[stages[level] for level in head.levels] for head in self.heads]


def format_shape(shape: Shape) -> str:
    """
    >>> written((16, 28, 28)), written(())
    ('16×28×28', '1')
    """
    return "×".join(map(str, shape)) or "1"
