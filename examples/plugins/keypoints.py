"""A plug-in with a head of its own kind: named keypoints.

    triptych train rotated-digits --heads label,keypoints \
        --plugin examples/plugins/keypoints.py --plugin examples/plugins/rotated_digits.py

Target, annotation, loss, metric and drawing are all in this file. It learns from any dataset whose
batches have "keypoints", (batch, keypoints, 2) in pixels, and whose info names them:
`extra={"keypoints": ("top", "bottom")}`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn
from torchmetrics import Metric

from triptych.backbones import FeatureInfo, FeaturePyramid
from triptych.frame.drawing.annotate import ImageCanvas
from triptych.frame.storage.letterbox import Letterbox
from triptych.multitask import (
    Annotation,
    Batch,
    DatasetInfo,
    Head,
    PerImageMetric,
    SpatialSoftmax,
)

ATTENTION_MAPS = 16  # more than keypoints, so that several cues vote on each
NEAR = 0.05  # of the image's side


@dataclass(frozen=True)
class Keypoints(Annotation):
    """Named points (x, y) in pixels, y down."""

    points: tuple[tuple[float, float], ...]
    names: tuple[str, ...]

    def to_original(self, letterbox: Letterbox) -> "Keypoints":
        """The same points in pixels of the image that was letterboxed."""
        circles = np.array([[x, y, 1.0] for x, y in self.points])
        moved = letterbox.circle_to_original(circles)
        return Keypoints(tuple((float(x), float(y)) for x, y, _ in moved), self.names)

    def to_dict(self) -> dict[str, Any]:
        """x and y of each point, to hundredths of a pixel, by its name."""
        pairs = zip(self.names, self.points)
        return {name: {"x": round(x, 2), "y": round(y, 2)} for name, (x, y) in pairs}

    def summary(self) -> str:
        """Each point to tenths of a pixel."""
        return ", ".join(f"{name} {x:.1f} {y:.1f}" for name, (x, y) in zip(self.names, self.points))


class KeypointsHead(Head):
    """A place for each named keypoint, read from attention maps over the finest features."""

    target_name = "keypoints"
    needs_decoder = True

    def __init__(self, info: DatasetInfo, feature_info: Sequence[FeatureInfo]):
        super().__init__(info, feature_info)
        self.names = tuple(info.extra["keypoints"])
        self.image_size = max(info.height, info.width)
        finest = feature_info[0]
        self.spatial_softmax = SpatialSoftmax(finest.channels, ATTENTION_MAPS, finest.reduction)
        self.mlp = nn.Sequential(
            nn.Linear(2 * ATTENTION_MAPS, 64), nn.ReLU(), nn.Linear(64, 2 * len(self.names))
        )

    def target(self, batch: Batch) -> Float[Tensor, "batch keypoints 2"]:
        """The true points."""
        return batch[self.target_name]

    def forward(self, features: FeaturePyramid) -> Float[Tensor, "batch keypoints 2"]:
        """The center of what the maps attend to, plus what a small network reads from it."""
        places = self.spatial_softmax(features[0])
        center = places.mean(1, keepdim=True)
        offsets = (places - center).flatten(1) / self.image_size
        return center + self.mlp(offsets).float().unflatten(1, (-1, 2)) * self.image_size

    def loss(self, output: Tensor, target: Tensor) -> Float[Tensor, ""]:
        """Smooth L1 in units of the image's side."""
        return 10 * F.smooth_l1_loss(output / self.image_size, target / self.image_size, beta=0.02)

    def metrics(self) -> dict[str, Metric]:
        """Percentage of correct keypoints."""
        return {"pck": CorrectKeypoints(NEAR * self.image_size)}

    def ground_truth(self, batch: Batch) -> list[Annotation]:
        """The true points of each image."""
        return self.decode(self.target(batch))

    def decode(self, output: Tensor) -> list[Annotation]:
        """The points of each image."""
        return [
            Keypoints(tuple((x, y) for x, y in points), self.names) for points in output.tolist()
        ]

    def draw(self, canvas: ImageCanvas, annotation: Annotation) -> None:
        """A small ring at each point."""
        assert isinstance(annotation, Keypoints)
        for x, y in annotation.points:
            canvas.circle(x, y, NEAR * self.image_size)


class CorrectKeypoints(PerImageMetric):
    """Of points (batch, keypoints, 2) against points (PCK, Yang & Ramanan 2013)."""

    definition = "share of keypoints within a twentieth of the image's side of the true place"

    def __init__(self, distance: float):
        super().__init__()
        self.distance = distance  # pixels

    def per_image(self, output: Tensor, target: Tensor) -> Float[Tensor, " batch"]:
        """The share of each image's keypoints that are near enough."""
        return ((output - target).norm(dim=2) <= self.distance).float().mean(1)
