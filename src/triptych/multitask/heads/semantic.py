"""Which class does each pixel belong to?"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from ...backbones._backbone import FeatureInfo, FeaturePyramid
from ...frame.drawing.annotate import ImageCanvas
from ...frame.drawing.colors import SKY
from ...frame.storage.model_files import accept_former_names
from ..answers.answer import Answer, ImageFrame
from ..structures.annotations import Annotation, SemanticMap
from ..structures.batch import Batch
from ..structures.info import DatasetInfo
from ._dense import mean_log_probability, mean_where, resize_logits
from ._head import Head

if TYPE_CHECKING:
    from torchmetrics import Metric


IGNORED = -1  # the class number of pixels that do not count
SURE = 100.0  # a logit whose probability is 1


class SemanticHead(Head):
    """A score per class and pixel from the finest map; class 0 is the background."""

    answer_kind = "semantic"
    target_name = "semantic"
    needs_decoder = True
    loss_weight = 5.0
    color = SKY

    def __init__(self, info: DatasetInfo, feature_info: Sequence[FeatureInfo]):
        super().__init__(info, feature_info)
        self.names = info.semantic_classes
        self.size = info.height, info.width
        self.classifier = nn.Conv2d(feature_info[0].channels, len(self.names), 1)
        accept_former_names(self, {"pixel": "classifier"})

    def target(self, batch: Batch) -> Int[Tensor, "batch height width"]:
        """A class number per pixel; −1 for pixels that do not count."""
        return batch[self.target_name]

    def forward(self, features: FeaturePyramid) -> Float[Tensor, "batch classes height width"]:
        """Logits."""
        return resize_logits(self.classifier(features[0]), self.size)

    def loss(self, output: Tensor, target: Tensor) -> Float[Tensor, ""]:
        """Cross-entropy, mean over the pixels that count."""
        if not (target != IGNORED).any():
            return output.sum() * 0
        return F.cross_entropy(output, target, ignore_index=IGNORED)

    def metrics(self) -> dict[str, "Metric"]:
        """The Jaccard index over all pixels (micro) and its mean over classes (macro)."""
        from ..metrics import MeanIoU, PixelIoU

        return {"jaccard": PixelIoU(), "miou": MeanIoU(len(self.names))}

    def ground_truth(self, batch: Batch) -> list[Annotation]:
        """The true map of each image."""
        maps = self.target(batch).clamp(min=0)
        return [SemanticMap(classes, self.names) for classes in maps.cpu().numpy()]

    def decode(self, output: Tensor) -> list[Annotation]:
        """The most probable class of each pixel."""
        best = output.argmax(1)
        pairs = zip(best.cpu().numpy(), _expected_iou(output, best).tolist(), strict=True)
        return [SemanticMap(classes, self.names, promised) for classes, promised in pairs]

    def export_answer(self, output: Tensor, frame: ImageFrame) -> Answer:
        """The most probable class of each pixel; it doubts as `decode` does."""
        best = output.argmax(1)
        doubt = 1 - _expected_iou(output, best)
        return Answer.of("semantic", frame.classes(best), doubt=doubt)

    def answered_output(
        self, parts: Mapping[str, Tensor]
    ) -> Float[Tensor, "batch classes height width"]:
        """Logits by which each pixel is surely of its class."""
        maps = F.one_hot(parts[""].long(), len(self.names))
        return maps.permute(0, 3, 1, 2) * SURE

    def average_flipped(
        self,
        output: Float[Tensor, "batch classes height width"],
        flipped: Float[Tensor, "batch classes height width"],
    ) -> Float[Tensor, "batch classes height width"]:
        """Logits of the mean of both probabilities of each pixel."""
        return mean_log_probability(output, flipped.flip(3))

    def explained_score(
        self, output: Tensor, answer: Tensor, empty: Tensor, class_name: str | None = None
    ) -> Float[Tensor, " batch"]:
        """The mean logit of the class of each pixel over the pixels of things, or of one class over
        its own pixels; over all where there are none."""
        best = answer.argmax(1)
        if class_name is None:
            return mean_where(output.gather(1, best[:, None])[:, 0], best > 0)
        number = self.names.index(class_name)
        return mean_where(output[:, number], best == number)

    def draw(self, canvas: ImageCanvas, annotation: Annotation) -> None:
        """Tint each class in a color of its own."""
        assert isinstance(annotation, SemanticMap)
        canvas.semantic_map(annotation.classes, annotation.names)


def _expected_iou(
    output: Float[Tensor, "batch classes height width"], best: Int[Tensor, "batch height width"]
) -> Float[Tensor, " batch"]:
    """Of the pixels that belong to things, the intersection over union with the truth, were each
    of the class of its own probability; of none, how sure the least sure pixel is of that."""
    probability = output.float().softmax(1)
    thing, background = (best > 0).float().flatten(1), probability[:, 0].flatten(1)
    intersection = (probability.amax(1).flatten(1) * thing).sum(1)
    union = (thing + (1 - background) * (1 - thing)).sum(1)
    nothing = (2 * background.amin(1) - 1).clamp(min=0)
    return torch.where(thing.sum(1) > 0, intersection / union.clamp(min=1e-6), nothing)
