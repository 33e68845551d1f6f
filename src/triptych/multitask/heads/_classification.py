"""What the heads that choose one of several names have in common."""

from abc import abstractmethod
from collections.abc import Sequence

import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn
from torchmetrics import Metric

from ...backbones._backbone import FeatureInfo, FeaturePyramid
from ...frame.drawing.annotate import ImageCanvas
from ..metrics import Accuracy
from ..structures.annotations import Answer, Class
from ..structures.batch import Batch
from ..structures.info import Card
from ._head import Head


class Choice(Head):
    """A score per name from the coarsest map, pooled: where the thing is does not matter."""

    def __init__(self, card: Card, levels: Sequence[FeatureInfo]):
        super().__init__(card, levels)
        self.names = self.choices(card)
        self.linear = nn.Linear(levels[-1].channels, len(self.names))

    @staticmethod
    @abstractmethod
    def choices(card: Card) -> tuple[str, ...]:
        """The names to choose from, in the order of their numbers in a `Batch`."""

    def target(self, batch: Batch) -> Int[Tensor, " batch"]:
        return getattr(batch, self.needs)

    def forward(self, features: FeaturePyramid) -> Float[Tensor, "batch names"]:
        return self.linear(features[-1].mean((2, 3)))

    def loss(self, output: Tensor, target: Tensor) -> Float[Tensor, ""]:
        return F.cross_entropy(output, target)

    def metrics(self) -> dict[str, Metric]:
        return {"accuracy": Accuracy()}

    def truth(self, batch: Batch) -> list[Answer]:
        return [Class(self.names[number]) for number in self.target(batch).tolist()]

    def decode(self, output: Tensor) -> list[Answer]:
        best = output.float().softmax(1).max(1)
        pairs = zip(best.indices.tolist(), best.values.tolist())
        return [Class(self.names[number], probability) for number, probability in pairs]

    def draw(self, picture: ImageCanvas, answer: Answer) -> None:
        assert isinstance(answer, Class)
        picture.text(f"{answer.name} {answer.probability:.0%}")
