"""Where is it, as the smallest circle around it ("circlization")?"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from jaxtyping import Float
from torch import Tensor, nn

from ...backbones._backbone import FeatureInfo, FeaturePyramid
from ...frame.drawing.annotate import ImageCanvas
from ...frame.drawing.colors import PURPLE
from ...frame.storage.model_files import accept_former_names
from ..calibration.conformal import CIRCLE_INTERVALS
from ..structures.annotations import Annotation, Circle
from ..structures.geometry import circle_iou, mirror_circles
from ..structures.info import DatasetInfo
from ..structures.points.smallest_circle import smallest_circles
from ._keypoints.spatial_softmax import SpatialSoftmax
from ._regression import RegressionHead

if TYPE_CHECKING:
    from ..metrics import PerImageMetric


NUM_KEYPOINTS = 32  # two or three outermost pixels determine the circle, in any direction


class CircleHead(RegressionHead):
    """The smallest enclosing circle (x, y, radius), around keypoints on the finest map."""

    answer_kind = "circle"
    target_name = "circle"
    needs_decoder = True
    loss_weight = 2.0
    color = PURPLE
    annotation_class = Circle
    iou = staticmethod(circle_iou)
    intervals = CIRCLE_INTERVALS

    def __init__(self, info: DatasetInfo, feature_info: Sequence[FeatureInfo]):
        super().__init__(info, feature_info)
        self.image_size = max(info.height, info.width)
        self.image_width = info.width
        finest = feature_info[0]
        self.spatial_softmax = SpatialSoftmax(finest.channels, NUM_KEYPOINTS, finest.reduction)
        self.refine = nn.Sequential(nn.Linear(2 * NUM_KEYPOINTS, 64), nn.ReLU(), nn.Linear(64, 3))
        accept_former_names(self, {"places": "spatial_softmax", "touch": "refine"})

    @staticmethod
    def overlap_metric() -> "PerImageMetric":
        """The IoU of circles."""
        from ..metrics import CircleIoU

        return CircleIoU()

    def forward(self, features: FeaturePyramid) -> Float[Tensor, "batch 3"]:
        """The circle around the keypoints, with a small correction from how they lie."""
        points = self.spatial_softmax(features[0])
        circle = smallest_circles(points)
        offsets = (points - circle[:, None, :2]).flatten(1) / self.image_size
        return circle + self.refine(offsets).float()

    def average_flipped(
        self, output: Float[Tensor, "batch 3"], flipped: Float[Tensor, "batch 3"]
    ) -> Float[Tensor, "batch 3"]:
        """The mean of both centers and radii."""
        return (output + mirror_circles(flipped, self.image_width)) / 2

    def draw(self, canvas: ImageCanvas, annotation: Annotation) -> None:
        """Draw the circle."""
        assert isinstance(annotation, Circle)
        canvas.circle(annotation.x, annotation.y, annotation.radius)
