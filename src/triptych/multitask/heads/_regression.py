"""What the heads share whose output is a shape: a few numbers in pixels."""

from abc import abstractmethod
from collections.abc import Callable
from typing import ClassVar

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor
from torchmetrics import Metric

from ..metrics import PerImageMetric
from ..structures.annotations import Annotation
from ..structures.batch import Batch
from ._head import Head

SMOOTH_L1_BETA = 0.02  # image sides: below this distance the loss is quadratic
SMOOTH_L1_WEIGHT = 5


class RegressionHead(Head):
    """The numbers of one shape an image, learned by distance and by overlap.

    Subclasses set `image_size`, the longer side of the image in pixels.
    """

    annotation_class: ClassVar[Callable[..., Annotation]]
    """What its numbers are, in their order: `BoundingBox` for left, top, right, bottom."""

    metric_class: ClassVar[type[PerImageMetric]]
    """The mean intersection over union of such shapes."""

    image_size: int

    @staticmethod
    @abstractmethod
    def iou(
        first: Float[Tensor, "batch numbers"], second: Float[Tensor, "batch numbers"]
    ) -> Float[Tensor, " batch"]:
        """Intersection over union of each pair of shapes, differentiable.

        Parameters:
            first: predicted shapes, in pixels.
            second: shapes of the ground truth, in pixels.
        """

    def target(self, batch: Batch) -> Float[Tensor, "batch numbers"]:
        """The numbers of the true shapes, in pixels."""
        return batch[self.target_name]

    def loss(self, output: Tensor, target: Tensor) -> Float[Tensor, ""]:
        """Smooth L1 in units of the image's side, which attracts from afar, and 1 − IoU, which is
        what is measured (after UnitBox, Yu et al. 2016, there −log IoU)."""
        distance = F.smooth_l1_loss(
            output / self.image_size, target / self.image_size, beta=SMOOTH_L1_BETA
        )
        return SMOOTH_L1_WEIGHT * distance + (1 - self.iou(output, target)).mean()

    def metrics(self) -> dict[str, Metric]:
        """Intersection over union."""
        return {"iou": self.metric_class()}

    def ground_truth(self, batch: Batch) -> list[Annotation]:
        """The true shape of each image."""
        return self.decode(self.target(batch))

    def decode(self, output: Tensor) -> list[Annotation]:
        """The shape of each image."""
        return [self.annotation_class(*numbers) for numbers in output.float().tolist()]
