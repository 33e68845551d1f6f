"""Where the parts of a network stand in its diagram: the image and the backbone's nodes in one row,
the heads stacked to their right. All lengths are in pixels, y down."""

from collections.abc import Sequence
from dataclasses import dataclass

from .network_graph import NetworkGraph, Shape, format_shape

MARGIN = 36
HEADER_HEIGHT = 92
LEGEND_HEIGHT = 68
MAX_BLOCK_HEIGHT = 190  # of a block whose maps are as high as the image
LABEL_HEIGHT = 62  # below a block
DIGIT_WIDTH = 8.4  # in a block's label
MIN_PITCH = 78  # between the centers of neighboring blocks
HEAD_WIDTH, HEAD_HEIGHT = 190, 52
HEAD_GAP = 14
LINK_SPACING = 16  # between neighboring links from blocks to heads


@dataclass(frozen=True)
class Rect:
    """A rectangle by its center and size.

    Parameters:
        x: of its center.
        y: of its center, down.
        width: in pixels of the drawing.
        height: in pixels of the drawing.
    """

    x: float
    y: float
    width: float
    height: float

    @property
    def left(self) -> float:
        """The x of the left side."""
        return self.x - self.width / 2

    @property
    def right(self) -> float:
        """The x of the right side."""
        return self.x + self.width / 2

    @property
    def top(self) -> float:
        """The y of the upper side."""
        return self.y - self.height / 2

    @property
    def bottom(self) -> float:
        """The y of the lower side."""
        return self.y + self.height / 2


@dataclass(frozen=True)
class DiagramLayout:
    """Where everything stands.

    Parameters:
        stages: the block of each stage.
        heads: the box of each head.
        tapped_stages: the indices of the stages that heads read, from the right to the left.
    """

    stages: list[Rect]
    heads: list[Rect]
    tapped_stages: list[int]

    @property
    def link_lane_y(self) -> float:
        """The y of the uppermost link to the heads below the blocks."""
        return max(stage.bottom for stage in self.stages) + LABEL_HEIGHT + 8

    @property
    def width(self) -> float:
        """Of the whole diagram."""
        return max(rect.right for rect in self.stages + self.heads) + MARGIN

    @property
    def height(self) -> float:
        """Of the whole diagram."""
        lowest_link = self.link_lane_y + LINK_SPACING * max(len(self.tapped_stages) - 1, 0)
        return max([lowest_link, *(head.bottom for head in self.heads)]) + LEGEND_HEIGHT


def layout_diagram(network: NetworkGraph) -> DiagramLayout:
    """A layout with room for the longest label, the highest arc and all heads."""
    shapes = network.shapes
    label_width = DIGIT_WIDTH * max(len(format_shape(shape)) for shape in shapes)
    pitch = max(MIN_PITCH, 16 + label_width)
    sizes = [_block_size(shape, shapes) for shape in shapes]
    stack_height = len(network.heads) * (HEAD_HEIGHT + HEAD_GAP) - HEAD_GAP
    arcs = [
        max(sizes[start][1], sizes[end][1]) / 2 + 0.75 * arc_height(pitch * (end - start))
        for start, end in network.skips
    ]
    middle = HEADER_HEIGHT + max([MAX_BLOCK_HEIGHT / 2, stack_height / 2, *arcs])
    stages = [
        Rect(MARGIN + pitch * (index + 0.45), middle, *size) for index, size in enumerate(sizes)
    ]
    tapped = sorted({stage for stages_read in network.head_inputs for stage in stages_read})
    left = stages[-1].x + pitch / 2 + LINK_SPACING * (len(tapped) + 1)
    top = middle - stack_height / 2
    offsets = [HEAD_HEIGHT / 2 + (HEAD_HEIGHT + HEAD_GAP) * n for n in range(len(network.heads))]
    heads = [Rect(left + HEAD_WIDTH / 2, top + y, HEAD_WIDTH, HEAD_HEIGHT) for y in offsets]
    return DiagramLayout(stages, heads, tapped[::-1])


def arc_height(distance: float) -> float:
    """How far the control points of an arc rise above its ends.

    Parameters:
        distance: between the ends.
    """
    return 18 + 0.1 * distance


def _block_size(shape: Shape, shapes: Sequence[Shape]) -> tuple[float, float]:
    """Width and height of a block, by its channels and its maps' height beside the largest; the
    power keeps the smallest visible."""
    channels, height = (shape[axis] / max(other[axis] for other in shapes) for axis in (0, 1))
    return 8 + 34 * channels**0.7, max(10, MAX_BLOCK_HEIGHT * height**0.7)
