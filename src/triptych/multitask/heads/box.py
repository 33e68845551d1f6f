"""Where is it, as a box?"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from jaxtyping import Float
from torch import Tensor, nn

from ...backbones._backbone import FeatureInfo, FeaturePyramid
from ...frame.drawing.annotate import ImageCanvas
from ...frame.drawing.colors import VERMILION
from ...frame.storage.model_files import accept_former_names
from ..calibration.conformal import BOX_INTERVALS
from ..structures.annotations import Annotation, BoundingBox
from ..structures.geometry import box_iou, mirror_boxes
from ..structures.info import DatasetInfo
from ._keypoints.spatial_softmax import SpatialSoftmax
from ._regression import RegressionHead

if TYPE_CHECKING:
    from ..metrics import PerImageMetric


MIN_CELLS = 14  # across the image: a coarser map has no places to tell apart
NUM_KEYPOINTS = 16  # more than the four sides, so that several cues can vote on each


class BoxHead(RegressionHead):
    """The tight box around the thing, (left, top, right, bottom), from keypoints on a map."""

    answer_kind = "box"
    target_name = "box"
    loss_weight = 2.0
    color = VERMILION
    annotation_class = BoundingBox
    iou = staticmethod(box_iou)
    intervals = BOX_INTERVALS

    def __init__(self, info: DatasetInfo, feature_info: Sequence[FeatureInfo]):
        super().__init__(info, feature_info)
        self.image_size = max(info.height, info.width)
        self.image_width = info.width
        self.level_index = max(
            i
            for i, level in enumerate(feature_info)
            if i == 0 or level.reduction <= self.image_size / MIN_CELLS
        )
        level = feature_info[self.level_index]
        self.spatial_softmax = SpatialSoftmax(level.channels, NUM_KEYPOINTS, level.reduction)
        self.mlp = nn.Sequential(nn.Linear(2 * NUM_KEYPOINTS, 64), nn.ReLU(), nn.Linear(64, 4))
        accept_former_names(self, {"places": "spatial_softmax", "sides": "mlp"})

    @staticmethod
    def overlap_metric() -> "PerImageMetric":
        """The IoU of boxes."""
        from ..metrics import BoxIoU

        return BoxIoU()

    def forward(self, features: FeaturePyramid) -> Float[Tensor, "batch 4"]:
        """The center of the keypoints, plus what a small network reads from how they lie."""
        points = self.spatial_softmax(features[self.level_index])
        center = points.mean(1)
        offsets = (points - center[:, None]).flatten(1) / self.image_size
        return center.repeat(1, 2) + self.mlp(offsets).float() * self.image_size

    def average_flipped(
        self, output: Float[Tensor, "batch 4"], flipped: Float[Tensor, "batch 4"]
    ) -> Float[Tensor, "batch 4"]:
        """The mean of both boxes' sides."""
        return (output + mirror_boxes(flipped, self.image_width)) / 2

    def draw(self, canvas: ImageCanvas, annotation: Annotation) -> None:
        """Draw the box."""
        assert isinstance(annotation, BoundingBox)
        canvas.box(annotation.left, annotation.top, annotation.right, annotation.bottom)
