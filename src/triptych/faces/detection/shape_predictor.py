"""Landmarks by regression trees (Kazemi and Sullivan 2014), on crops that are roughly aligned."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int64

GreyCrops = Float32[np.ndarray, "crops height width"]
Shapes = Float32[np.ndarray, "crops points 2"]


@dataclass(frozen=True, eq=False)
class ShapePredictor:
    """A cascade of C stages of T trees of depth D, which move P landmarks to where they are seen.

    Coordinates are shares of a square box around the face, x right, y down. Each stage compares
    pixels at F places, which follow the landmarks; a tree asks 2^D − 1 times whether one of them is
    brighter than another, and its leaf says how far the landmarks are moved.

    Parameters:
        initial_shape: float32, (P, 2): the mean shape, where landmarks begin.
        anchors: int64, (C, F): the landmark each place follows.
        offsets: float32, (C, F, 2): from the landmark, in the mean shape's pose.
        compared: int64, (C, T, 2^D − 1, 2): the two places compared at each node.
        thresholds: float32, (C, T, 2^D − 1): grey levels; above, the first child is next.
        moves: float32, (C, T, 2^D, P, 2): of the landmarks, for each leaf.
    """

    initial_shape: Float32[np.ndarray, "points 2"]
    anchors: Int64[np.ndarray, "stages places"]
    offsets: Float32[np.ndarray, "stages places 2"]
    compared: Int64[np.ndarray, "stages trees nodes 2"]
    thresholds: Float32[np.ndarray, "stages trees nodes"]
    moves: Float32[np.ndarray, "stages trees leaves points 2"]

    def __call__(self, grey: GreyCrops, box: tuple[float, float, float]) -> Shapes:
        """Landmarks of one face in each crop, (N, P, 2), in pixels; whole numbers are middles.

        Parameters:
            grey: float32, (N, height, width), 0 … 255.
            box: where the face is in all crops: left, top and side in pixels.
        """
        corner, extent = np.array(box[:2], np.float32), np.float32(box[2] - 1)
        shapes = np.repeat(self.initial_shape[None], len(grey), 0)
        for stage in range(len(self.anchors)):
            values = self._pixels(grey, shapes, corner, extent, stage)
            shapes += self._moves(values, stage)
        return shapes * extent + corner

    def _pixels(
        self, grey: GreyCrops, shapes: Shapes, corner: np.ndarray, extent: np.float32, stage: int
    ) -> Float32[np.ndarray, "crops places"]:
        """Grey levels at a stage's places; 0 outside the crop."""
        pose = linear_part(self.initial_shape, shapes)
        turned = self.offsets[stage] @ pose.swapaxes(1, 2)
        places = shapes[:, self.anchors[stage]] + turned
        columns, rows = np.moveaxis(np.rint(places * extent + corner).astype(np.int64), 2, 0)
        height, width = grey.shape[1:]
        inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
        number = np.arange(len(grey))[:, None]
        return np.where(
            inside, grey[number, rows.clip(0, height - 1), columns.clip(0, width - 1)], 0
        )

    def _moves(self, values: Float32[np.ndarray, "crops places"], stage: int) -> Shapes:
        """The sum over all trees of a stage."""
        first, second = (self.compared[stage, ..., side].ravel() for side in (0, 1))
        thresholds, moves = self.thresholds[stage].ravel(), self.moves[stage]
        trees, nodes = self.thresholds[stage].shape
        # numbers in flat arrays: `take` needs half the time that indexing by several axes does
        crop = values.shape[1] * np.arange(len(values))[:, None]
        tree = np.arange(trees)
        node = np.zeros((len(values), trees), np.int64)
        for _ in range(int(np.log2(nodes + 1))):
            place = nodes * tree + node
            contrast = values.take(crop + first.take(place)) - values.take(
                crop + second.take(place)
            )
            node = 2 * node + 2 - (contrast > thresholds.take(place))
        leaves = (nodes + 1) * tree + node - nodes
        return moves.reshape(-1, *moves.shape[2:]).take(leaves, axis=0).sum(1)


def linear_part(
    source: Float32[np.ndarray, "points 2"], targets: Shapes
) -> Float32[np.ndarray, "crops 2 2"]:
    """Rotation and scale of the similarities that bring one shape closest to others (least squares,
    Umeyama 1991).

    Parameters:
        source: (P, 2).
        targets: (N, P, 2).

    Returns matrices, (N, 2, 2), for columns (x, y).
    """
    spread = source - source.mean(0)
    moved = targets - targets.mean(1, keepdims=True)
    norm = np.square(spread).sum()
    cosine = (moved * spread).sum((1, 2)) / norm
    sine = (spread[:, 0] * moved[..., 1] - spread[:, 1] * moved[..., 0]).sum(1) / norm
    rows = [[cosine, -sine], [sine, cosine]]
    return np.moveaxis(np.array(rows, np.float32), 2, 0)
