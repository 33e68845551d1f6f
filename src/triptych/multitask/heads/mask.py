"""Which pixels belong to it?"""

from collections.abc import Sequence

import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torchmetrics import Metric

from ...backbones._backbone import FeatureInfo, FeaturePyramid
from ...frame.drawing.annotate import ImageCanvas
from ..metrics import Jaccard
from ..structures.annotations import Answer
from ..structures.annotations import Mask as MaskAnswer
from ..structures.batch import Batch
from ..structures.info import Card
from ._head import Head

SHARPNESS = 4.0  # the border between two grey levels wants steep logits


class Mask(Head):
    """A logit per pixel from the finest map."""

    needs = "mask"
    dense = True
    weight = 2.0

    def __init__(self, card: Card, levels: Sequence[FeatureInfo]):
        super().__init__(card, levels)
        self.size = card.height, card.width
        self.pixel = nn.Conv2d(levels[0].channels, 1, 1)

    def target(self, batch: Batch) -> Bool[Tensor, "batch height width"]:
        assert batch.mask is not None
        return batch.mask

    def forward(self, features: FeaturePyramid) -> Float[Tensor, "batch height width"]:
        return resized(self.pixel(features[0]) * SHARPNESS, self.size)[:, 0]

    def loss(self, output: Tensor, target: Tensor) -> Float[Tensor, ""]:
        """Cross-entropy and 1 − soft Jaccard (Rahman & Wang 2016), which is what counts."""
        truth = target.to(output.dtype)
        guess = output.sigmoid()
        shared = (guess * truth).flatten(1).sum(1)
        union = (guess + truth).flatten(1).sum(1) - shared
        overlap = (shared + 1) / (union + 1)  # two empty masks agree
        return 5 * F.binary_cross_entropy_with_logits(output, truth) + (1 - overlap).mean()

    def metrics(self) -> dict[str, Metric]:
        return {"jaccard": Jaccard()}

    def truth(self, batch: Batch) -> list[Answer]:
        return [MaskAnswer(mask) for mask in self.target(batch).float().cpu().numpy()]

    def decode(self, output: Tensor) -> list[Answer]:
        return [MaskAnswer(mask) for mask in output.float().sigmoid().cpu().numpy()]

    def draw(self, picture: ImageCanvas, answer: Answer) -> None:
        assert isinstance(answer, MaskAnswer)
        picture.mask(answer.pixels)


def resized(maps: Tensor, size: tuple[int, int]) -> Tensor:
    """The maps at the size of the image, where they are coarser."""
    if maps.shape[-2:] == size:
        return maps
    return F.interpolate(maps, size=size, mode="bilinear", align_corners=False)
