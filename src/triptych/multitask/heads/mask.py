"""Which pixels belong to it?"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int8
from torch import Tensor, nn

from ...backbones._backbone import FeatureInfo, FeaturePyramid
from ...frame.drawing.annotate import ImageCanvas
from ...frame.drawing.colors import GREEN
from ...frame.storage.model_files import accept_former_names
from ..answers.answer import Answer, ImageFrame
from ..structures.annotations import Annotation, BinaryMask
from ..structures.batch import Batch
from ..structures.info import DatasetInfo
from ._dense import mean_log_odds, mean_where, resize_logits
from ._head import Head

if TYPE_CHECKING:
    from torchmetrics import Metric


LOGIT_SCALE = 4.0  # between two neighboring grey levels logits must change steeply
CROSS_ENTROPY_WEIGHT = 5
SURE = 30.0  # a logit whose probability is 0 or 1


class MaskHead(Head):
    """A logit per pixel from the finest map."""

    answer_kind = "mask"
    target_name = "mask"
    needs_decoder = True
    loss_weight = 2.0
    color = GREEN

    def __init__(self, info: DatasetInfo, feature_info: Sequence[FeatureInfo]):
        super().__init__(info, feature_info)
        self.size = info.height, info.width
        self.classifier = nn.Conv2d(feature_info[0].channels, 1, 1)
        accept_former_names(self, {"pixel": "classifier"})

    def target(
        self, batch: Batch
    ) -> Bool[Tensor, "batch height width"] | Int8[Tensor, "batch height width"]:
        """True or 1 where the thing is; −1 for pixels that do not count."""
        return batch[self.target_name]

    def forward(self, features: FeaturePyramid) -> Float[Tensor, "batch height width"]:
        """Logits."""
        return resize_logits(self.classifier(features[0]) * LOGIT_SCALE, self.size)[:, 0]

    def loss(self, output: Tensor, target: Tensor) -> Float[Tensor, ""]:
        """Cross-entropy and 1 − soft Jaccard index (Rahman & Wang 2016), which is what is
        measured."""
        if target.dtype == torch.int8:
            counts = target >= 0
            # a pixel that is surely right changes neither part of the loss
            right = torch.where(target > 0, SURE, -SURE).to(output.dtype)
            output, target = torch.where(counts, output, right), target > 0
        truth = target.to(output.dtype)
        probability = output.sigmoid()
        intersection = (probability * truth).flatten(1).sum(1)
        union = (probability + truth).flatten(1).sum(1) - intersection
        jaccard = (intersection + 1) / (union + 1)  # two empty masks agree
        cross_entropy = F.binary_cross_entropy_with_logits(output, truth)
        return CROSS_ENTROPY_WEIGHT * cross_entropy + (1 - jaccard).mean()

    def metrics(self) -> dict[str, "Metric"]:
        """The Jaccard index."""
        from ..metrics import BinaryIoU

        return {"jaccard": BinaryIoU()}

    def ground_truth(self, batch: Batch) -> list[Annotation]:
        """The true mask of each image."""
        masks = (self.target(batch) > 0).float()
        return [BinaryMask(mask) for mask in masks.cpu().numpy()]

    def decode(self, output: Tensor) -> list[Annotation]:
        """The mask of each image, with its probabilities."""
        return [BinaryMask(mask) for mask in output.float().sigmoid().cpu().numpy()]

    def export_answer(self, output: Tensor, frame: ImageFrame) -> Answer:
        """The probability of each pixel; it doubts as `expected_iou` does."""
        probability = output.sigmoid()
        flat = probability.flatten(1)
        inside = (flat > 0.5).float()
        union = (inside + flat * (1 - inside)).sum(1)
        promised = (flat * inside).sum(1) / union
        promised = torch.where(inside.sum(1) > 0, promised, 1 - 2 * flat.amax(1))
        return Answer.of("mask", frame.probabilities(probability), doubt=1 - promised)

    def answered_output(self, parts: Mapping[str, Tensor]) -> Float[Tensor, "batch height width"]:
        """The logits of the probabilities."""
        return parts[""].logit()

    def average_flipped(
        self,
        output: Float[Tensor, "batch height width"],
        flipped: Float[Tensor, "batch height width"],
    ) -> Float[Tensor, "batch height width"]:
        """Logits of the mean of both probabilities of each pixel."""
        return mean_log_odds(output, flipped.flip(2))

    def explained_score(
        self, output: Tensor, answer: Tensor, empty: Tensor, class_name: str | None = None
    ) -> Float[Tensor, " batch"]:
        """The mean logit of the pixels of the mask; of all where it is empty."""
        return mean_where(output, answer > 0)

    def draw(self, canvas: ImageCanvas, annotation: Annotation) -> None:
        """Tint the pixels of the mask."""
        assert isinstance(annotation, BinaryMask)
        canvas.mask(annotation.pixels)
