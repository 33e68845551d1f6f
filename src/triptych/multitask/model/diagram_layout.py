"""Where the parts of a network stand in its picture: the image and the blocks on one line, the
heads in a stack to their right."""

from collections.abc import Sequence
from dataclasses import dataclass

from .network_graph import NetworkGraph, Shape, format_shape

MARGIN = 36  # all lengths in pixels
HEADER = 92
TALLEST = 190  # a block as high as the image
LETTER = 8.4  # the width of a digit in a block's label
LABEL = 62  # the height of a block's label
HEAD_WIDTH, HEAD_HEIGHT = 190, 52
BETWEEN = 14  # heads
LINK_SPACING = 16  # from one line to its neighbour
LEGEND = 68


@dataclass(frozen=True)
class Rect:
    """Where something stands: its middle and its size."""

    x: float
    y: float
    width: float
    height: float

    @property
    def left(self) -> float:
        return self.x - self.width / 2

    @property
    def right(self) -> float:
        return self.x + self.width / 2

    @property
    def top(self) -> float:
        return self.y - self.height / 2

    @property
    def bottom(self) -> float:
        return self.y + self.height / 2


@dataclass(frozen=True)
class DiagramLayout:
    """Where everything stands: the stages, a card for each head, and the taps, which are the
    numbers of the stages that heads read, the rightmost first."""

    stages: list[Rect]
    heads: list[Rect]
    tapped_stages: list[int]

    @property
    def link_lane_y(self) -> float:
        """Where the lines to the heads run below the blocks: the uppermost."""
        return max(stage.bottom for stage in self.stages) + LABEL + 8

    @property
    def width(self) -> float:
        """Of the whole picture, as is `height`."""
        return max(place.right for place in self.stages + self.heads) + MARGIN

    @property
    def height(self) -> float:
        lowest = self.link_lane_y + LINK_SPACING * max(len(self.tapped_stages) - 1, 0)
        return max([lowest, *(card.bottom for card in self.heads)]) + LEGEND


def layout_diagram(network: NetworkGraph) -> DiagramLayout:
    """Room for everything: for the longest label, the highest arc and all heads."""
    shapes = network.shapes
    pitch = max(78, 16 + LETTER * max(len(format_shape(shape)) for shape in shapes))
    stack = len(network.heads) * (HEAD_HEIGHT + BETWEEN) - BETWEEN
    extents = [_block_size(shape, shapes) for shape in shapes]
    above = [
        max(extents[start][1], extents[end][1]) / 2 + 0.75 * arc_height(pitch * (end - start))
        for start, end in network.skips
    ]
    middle = HEADER + max([TALLEST / 2, stack / 2, *above])
    stages = [
        Rect(MARGIN + pitch * (place + 0.45), middle, *extent)
        for place, extent in enumerate(extents)
    ]
    taps = sorted({stage for head in network.head_inputs for stage in head}, reverse=True)
    left = stages[-1].x + pitch / 2 + LINK_SPACING * (len(taps) + 1)
    cards = [
        Rect(left + HEAD_WIDTH / 2, middle - stack / 2 + y, HEAD_WIDTH, HEAD_HEIGHT)
        for y in (HEAD_HEIGHT / 2 + (HEAD_HEIGHT + BETWEEN) * n for n in range(len(network.heads)))
    ]
    return DiagramLayout(stages, cards, taps)


def _block_size(shape: Shape, shapes: Sequence[Shape]) -> tuple[float, float]:
    """Width and height of a stage: the roots keep the smallest in sight."""
    deep, high = (shape[axis] / max(other[axis] for other in shapes) for axis in (0, 1))
    return 8 + 34 * deep**0.7, max(10, TALLEST * high**0.7)


def arc_height(distance: float) -> float:
    """How far an arc's control points rise above its ends."""
    return 18 + 0.1 * distance
