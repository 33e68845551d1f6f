"""Where is it, as a box?"""

from collections.abc import Sequence

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn
from torchmetrics import Metric

from ...backbones._backbone import FeatureInfo, FeaturePyramid
from ...frame.drawing.annotate import ImageCanvas
from ..metrics import BoxIou
from ..structures.annotations import Answer
from ..structures.annotations import Box as BoxAnswer
from ..structures.batch import Batch
from ..structures.geometry import box_iou
from ..structures.info import Card
from ._head import Head
from ._spatial_softmax import Places

CELLS = 14  # across the image, at least: a coarser map has no places to tell apart
POINTS = 16  # more than the four sides, so that several cues can vote on each


class Box(Head):
    """The tight box around the thing, read from places on a map."""

    needs = "box"
    weight = 2.0

    def __init__(self, card: Card, levels: Sequence[FeatureInfo]):
        super().__init__(card, levels)
        self.side = max(card.height, card.width)
        self.read = max(
            i for i, level in enumerate(levels) if i == 0 or level.reduction <= self.side / CELLS
        )
        level = levels[self.read]
        self.places = Places(level.channels, POINTS, level.reduction)
        self.sides = nn.Sequential(nn.Linear(2 * POINTS, 64), nn.ReLU(), nn.Linear(64, 4))

    def target(self, batch: Batch) -> Float[Tensor, "batch 4"]:
        assert batch.box is not None
        return batch.box

    def forward(self, features: FeaturePyramid) -> Float[Tensor, "batch 4"]:
        points = self.places(features[self.read])
        centre = points.mean(1)
        spread = (points - centre[:, None]).flatten(1) / self.side
        return centre.repeat(1, 2) + self.sides(spread).float() * self.side

    def loss(self, output: Tensor, target: Tensor) -> Float[Tensor, ""]:
        """Smooth L1 in image sides, which draws from afar, and 1 − IoU, which is what counts."""
        distance = F.smooth_l1_loss(output / self.side, target / self.side, beta=0.02)
        return 5 * distance + (1 - box_iou(output, target)).mean()

    def metrics(self) -> dict[str, Metric]:
        return {"iou": BoxIou()}

    def truth(self, batch: Batch) -> list[Answer]:
        return self.decode(self.target(batch))

    def decode(self, output: Tensor) -> list[Answer]:
        return [BoxAnswer(*sides) for sides in output.float().tolist()]

    def draw(self, picture: ImageCanvas, answer: Answer) -> None:
        assert isinstance(answer, BoxAnswer)
        picture.box(answer.left, answer.top, answer.right, answer.bottom)
