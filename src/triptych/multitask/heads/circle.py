"""Where is it, as the smallest circle around it ("circlization")?"""

from collections.abc import Sequence

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn
from torchmetrics import Metric

from ...backbones._backbone import FeatureInfo, FeaturePyramid
from ...frame.drawing.annotate import ImageCanvas
from ..metrics import CircleIou
from ..structures.annotations import Answer
from ..structures.annotations import Circle as CircleAnswer
from ..structures.batch import Batch
from ..structures.geometry import circle_iou
from ..structures.info import Card
from ._head import Head
from ._spatial_softmax import Places, enclosing

POINTS = 32  # the circle is held by two or three outermost pixels; any direction may have them


class Circle(Head):
    """The smallest enclosing circle, computed around places on the finest map."""

    needs = "circle"
    dense = True
    weight = 2.0

    def __init__(self, card: Card, levels: Sequence[FeatureInfo]):
        super().__init__(card, levels)
        self.side = max(card.height, card.width)
        self.places = Places(levels[0].channels, POINTS, levels[0].reduction)
        self.touch = nn.Sequential(nn.Linear(2 * POINTS, 64), nn.ReLU(), nn.Linear(64, 3))

    def target(self, batch: Batch) -> Float[Tensor, "batch 3"]:
        assert batch.circle is not None
        return batch.circle

    def forward(self, features: FeaturePyramid) -> Float[Tensor, "batch 3"]:
        points = self.places(features[0])
        circle = enclosing(points)
        # what the places have in common with each other corrects the circle a little
        spread = (points - circle[:, None, :2]).flatten(1) / self.side
        return circle + self.touch(spread).float()

    def loss(self, output: Tensor, target: Tensor) -> Float[Tensor, ""]:
        """Smooth L1 in image sides, which draws from afar, and 1 − IoU, which is what counts."""
        distance = F.smooth_l1_loss(output / self.side, target / self.side, beta=0.02)
        return 5 * distance + (1 - circle_iou(output, target)).mean()

    def metrics(self) -> dict[str, Metric]:
        return {"iou": CircleIou()}

    def truth(self, batch: Batch) -> list[Answer]:
        return self.decode(self.target(batch))

    def decode(self, output: Tensor) -> list[Answer]:
        return [CircleAnswer(*values) for values in output.float().tolist()]

    def draw(self, picture: ImageCanvas, answer: Answer) -> None:
        assert isinstance(answer, CircleAnswer)
        picture.circle(answer.x, answer.y, answer.radius)
