"""Which class does each pixel belong to?"""

from collections.abc import Sequence

import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn
from torchmetrics import Metric

from ...backbones._backbone import FeatureInfo, FeaturePyramid
from ...frame.drawing.annotate import ImageCanvas
from ..metrics import MeanIou, SemanticJaccard
from ..structures.annotations import Answer, Map
from ..structures.batch import Batch
from ..structures.info import Card
from ._head import Head


class Semantic(Head):
    """A score per class and pixel from the finest map; class 0 is the background."""

    needs = "semantic"
    dense = True
    weight = 5.0

    def __init__(self, card: Card, levels: Sequence[FeatureInfo]):
        super().__init__(card, levels)
        self.names = card.regions
        self.size = card.height, card.width
        self.pixel = nn.Conv2d(levels[0].channels, len(self.names), 1)

    def target(self, batch: Batch) -> Int[Tensor, "batch height width"]:
        assert batch.semantic is not None
        return batch.semantic

    def forward(self, features: FeaturePyramid) -> Float[Tensor, "batch classes height width"]:
        scores = self.pixel(features[0])
        if scores.shape[-2:] == self.size:
            return scores
        return F.interpolate(scores, size=self.size, mode="bilinear", align_corners=False)

    def loss(self, output: Tensor, target: Tensor) -> Float[Tensor, ""]:
        return F.cross_entropy(output, target)

    def metrics(self) -> dict[str, Metric]:
        return {"jaccard": SemanticJaccard(), "miou": MeanIou(len(self.names))}

    def truth(self, batch: Batch) -> list[Answer]:
        return [Map(classes, self.names) for classes in self.target(batch).cpu().numpy()]

    def decode(self, output: Tensor) -> list[Answer]:
        return [Map(classes, self.names) for classes in output.argmax(1).cpu().numpy()]

    def draw(self, picture: ImageCanvas, answer: Answer) -> None:
        assert isinstance(answer, Map)
        picture.semantic_map(answer.classes, answer.names)
