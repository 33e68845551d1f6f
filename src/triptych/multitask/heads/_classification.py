"""What the heads share that choose one of several names."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from ...backbones._backbone import FeatureInfo, FeaturePyramid
from ...frame.drawing.annotate import ImageCanvas
from ...frame.storage.model_files import accept_missing
from ..answers.answer import Answer, ImageFrame
from ..calibration.temperature import fit_temperature
from ..structures.annotations import Annotation, ClassLabel
from ..structures.batch import Batch
from ..structures.info import DatasetInfo
from ._dense import mean_log_probability
from ._head import Head

if TYPE_CHECKING:
    from torchmetrics import Metric


TOP = 3  # classes that are told


class ClassificationHead(Head):
    """A score per name from the coarsest map, averaged over all places (global average pooling,
    Lin et al. 2014): where the thing is does not matter.

    Probabilities are those of the logits divided by a temperature (Guo et al. 2017), fitted after
    training; 1 until then.
    """

    answer_kind = "classes"

    temperature: Float[Tensor, ""]

    def __init__(self, info: DatasetInfo, feature_info: Sequence[FeatureInfo]):
        super().__init__(info, feature_info)
        self.names = self.class_names(info)
        self.linear = nn.Linear(feature_info[-1].channels, len(self.names))
        self.register_buffer("temperature", torch.ones(()))
        accept_missing(self, ["temperature"])

    @staticmethod
    @abstractmethod
    def class_names(info: DatasetInfo) -> tuple[str, ...]:
        """The names to choose from, in the order of their numbers in a `Batch`."""

    def target(self, batch: Batch) -> Int[Tensor, " batch"]:
        """Class numbers."""
        return batch[self.target_name]

    def forward(self, features: FeaturePyramid) -> Float[Tensor, "batch names"]:
        """Logits."""
        return self.linear(features[-1].mean((2, 3)))

    def loss(self, output: Tensor, target: Tensor) -> Float[Tensor, ""]:
        """Cross-entropy."""
        return F.cross_entropy(output, target)

    def weighted_loss(
        self,
        output: Float[Tensor, "batch names"],
        target: Int[Tensor, " batch"],
        class_weights: Float[Tensor, " names"],
    ) -> Float[Tensor, ""]:
        """Cross-entropy of each image times the weight of its class, mean over the images.

        It is not divided by the weights of the batch's classes, as PyTorch's `weight=` is: so the
        mean over several batches is the loss of all their images together.

        Parameters:
            output: logits.
            target: class numbers.
            class_weights: by class number.
        """
        losses = F.cross_entropy(output, target, reduction="none")
        return (losses * class_weights[target]).mean()

    def metrics(self) -> dict[str, "Metric"]:
        """Accuracy."""
        from ..metrics import Accuracy

        return {"accuracy": Accuracy()}

    def calibration_metrics(self) -> dict[str, "Metric"]:
        """The expected calibration error, and that of the logits as they are."""
        from ..calibration.calibration_error import CalibrationError

        classes, temperature = len(self.names), float(self.temperature)
        if classes < 2:
            return {}
        uncalibrated = {"ece_uncalibrated": 1.0} if temperature != 1 else {}
        temperatures = {"ece": temperature, **uncalibrated}
        return {name: CalibrationError(classes, value) for name, value in temperatures.items()}

    def decision_evidence(self, output: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        """The logits and the class numbers."""
        return output.cpu(), target.cpu()

    def fit_decision(self, evidence: Sequence[tuple[Tensor, Tensor]]) -> None:
        """Choose the temperature."""
        logits, target = (torch.cat(parts) for parts in zip(*evidence))
        if len(logits) and len(self.names) > 1:
            self.temperature.fill_(fit_temperature(logits, target))

    def ground_truth(self, batch: Batch) -> list[Annotation]:
        """The right class of each image, with probability 1."""
        return [ClassLabel(self.names[number]) for number in self.target(batch).tolist()]

    def probabilities(self, output: Float[Tensor, "batch names"]) -> Float[Tensor, "batch names"]:
        """The calibrated probability of each name.

        Parameters:
            output: logits.
        """
        return (output / self.temperature).softmax(1)

    def decode(self, output: Tensor) -> list[Annotation]:
        """The most probable class of each image, and the next best."""
        best = self.probabilities(output.float()).topk(min(TOP, len(self.names)), dim=1)
        labels: list[Annotation] = []
        for numbers, values in zip(best.indices.tolist(), best.values.tolist()):
            first, *others = ((self.names[n], value) for n, value in zip(numbers, values))
            labels.append(ClassLabel(*first, tuple(others)))
        return labels

    def average_flipped(
        self, output: Float[Tensor, "batch names"], flipped: Float[Tensor, "batch names"]
    ) -> Float[Tensor, "batch names"]:
        """Logits of the mean of both probabilities."""
        warm = self.temperature
        return mean_log_probability(output / warm, flipped / warm) * warm

    def export_answer(self, output: Tensor, frame: ImageFrame) -> Answer:
        """The probability of each name; it doubts where the second is nearly as probable."""
        probabilities = self.probabilities(output)
        best = probabilities.topk(min(2, len(self.names)), 1).values
        second = best[:, 1] if len(self.names) > 1 else torch.zeros_like(best[:, 0])
        return Answer.of("classes", probabilities, doubt=1 - (best[:, 0] - second))

    def answered_output(self, parts: Mapping[str, Tensor]) -> Float[Tensor, "batch names"]:
        """The logarithms of the probabilities."""
        return parts["probabilities"].log()

    def explained_score(
        self, output: Tensor, answer: Tensor, empty: Tensor, class_name: str | None = None
    ) -> Float[Tensor, " batch"]:
        """The logit of the most probable class, or of the one asked for."""
        best = answer.argmax(1)
        number = best if class_name is None else torch.full_like(best, self.names.index(class_name))
        return output.gather(1, number[:, None])[:, 0]

    def draw(self, canvas: ImageCanvas, annotation: Annotation) -> None:
        """Write the name, and the probability of a prediction."""
        assert isinstance(annotation, ClassLabel)
        sure = "" if canvas.pen.ground_truth else f" {annotation.probability:.0%}"
        canvas.text(annotation.name + sure)
