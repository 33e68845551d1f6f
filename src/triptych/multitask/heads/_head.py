"""The contract of a head: one question put to an image."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from jaxtyping import Float
from torch import Tensor, nn
from torchmetrics import Metric

from ...backbones._backbone import FeatureInfo, FeaturePyramid
from ...frame.drawing.annotate import ImageCanvas
from ..structures.annotations import Answer
from ..structures.batch import Batch
from ..structures.info import Card


class Head(nn.Module, ABC):
    """A small network on the backbone's maps that answers one question, and all that belongs to
    the question: target, loss, metrics, and how an answer reads and looks."""

    needs: ClassVar[str]
    """The truth of a `Batch` it learns from: a dataset without it cannot supply the head."""

    dense: ClassVar[bool] = False
    """Whether it reads fine maps, which only a backbone with a decoder has."""

    weight: ClassVar[float] = 1.0
    """Its share in the total loss, such that heads trained together starve none."""

    def __init__(self, card: Card, levels: Sequence[FeatureInfo]):
        """`card` says what there is to tell apart, `levels` which maps there are to read."""
        super().__init__()

    @abstractmethod
    def target(self, batch: Batch) -> Tensor:
        """What the layer should say."""

    @abstractmethod
    def forward(self, features: FeaturePyramid) -> Tensor:
        """What the layer says. Places are in pixels of the image."""

    @abstractmethod
    def loss(self, output: Tensor, target: Tensor) -> Float[Tensor, ""]:
        """How wrong, to learn from. Outputs come as float32 whatever the precision."""

    @abstractmethod
    def metrics(self) -> dict[str, Metric]:
        """How good, to read; the first is the head's main one. Updated with (output, target)."""

    @abstractmethod
    def truth(self, batch: Batch) -> list[Answer]:
        """The right answers, in pixels of the image."""

    @abstractmethod
    def decode(self, output: Tensor) -> list[Answer]:
        """The answers given, in pixels of the image."""

    @abstractmethod
    def draw(self, picture: ImageCanvas, answer: Answer) -> None:
        """Put an answer onto a picture of the same pixels."""
