"""The contract of a head: one question put to an image."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from jaxtyping import Float
from torch import Tensor, nn

from ...backbones._backbone import FeatureInfo, FeaturePyramid
from ...frame.drawing.annotate import ImageCanvas
from ...frame.drawing.colors import Color
from ..answers.answer import Answer, ImageFrame
from ..answers.kinds import Kind
from ..calibration.shape_interval import ShapeInterval
from ..structures.annotations import Annotation
from ..structures.batch import Batch
from ..structures.info import DatasetInfo

if TYPE_CHECKING:
    from torchmetrics import Metric


LEAST_WAY = 1e-6  # squared, in the units of an output: below it two answers are the same


class Head(nn.Module, ABC):
    """A small network on the backbone's maps that answers one question, and all that belongs to
    the question: target, loss, metrics, annotation and drawing.

    All coordinates are in pixels of the image the model sees, x to the right, y down.
    """

    target_name: str
    """The target of a `Batch` it learns from; a dataset without it cannot train this head. Where a
    dataset has several of a kind, each head has its own."""

    needs_decoder: ClassVar[bool] = False
    """Whether it reads fine maps, which only a backbone with a decoder computes well."""

    backbone_options: ClassVar[Mapping[str, Any]] = {}
    """Options of the backbone that suffice for it; they are taken where all heads of a model say
    the same."""

    loss_weight: ClassVar[float] = 1.0
    """Its weight in the total loss, such that heads trained together all learn."""

    color: ClassVar[Color | None] = None
    """What everything drawn about it is colored with, from `frame.drawing.colors`; None for one of
    those that no other head has."""

    answer_kind: ClassVar[Kind | None] = None
    """In what form it answers in exported files; None, as by default, where it cannot be exported.
    A head that states one has `export_answer` and `answered_output` too."""

    def __init__(self, info: DatasetInfo, feature_info: Sequence[FeatureInfo]):
        """
        Parameters:
            info: image size and the names there are to tell apart.
            feature_info: channels and reduction of each map of the pyramid, finest first.
        """
        super().__init__()

    @abstractmethod
    def target(self, batch: Batch) -> Tensor:
        """The target of each image, as `loss` and `metrics` compare it with the output."""

    @abstractmethod
    def forward(self, features: FeaturePyramid) -> Tensor:
        """The raw output for each image.

        Parameters:
            features: the backbone's maps, finest first.
        """

    @abstractmethod
    def loss(self, output: Tensor, target: Tensor) -> Float[Tensor, ""]:
        """A scalar to minimize, mean over the images.

        Parameters:
            output: what `forward` gave, as float32 whatever the precision of training.
            target: what `target` gave.
        """

    @abstractmethod
    def metrics(self) -> dict[str, "Metric"]:
        """New metrics by name, updated with (output, target); the first is the primary one.

        Higher is better and 1 is perfect.
        """

    def decision_evidence(self, output: Tensor, target: Tensor) -> Any:
        """What `fit_decision` has to know of some images; by default nothing.

        Parameters:
            output: of images that were not trained on, as float32.
            target: what it should have been.
        """
        return None

    def fit_decision(self, evidence: Sequence[Any]) -> None:
        """Choose what the head decides by, after training; by default there is nothing to choose.

        Parameters:
            evidence: what `decision_evidence` gave, batch by batch.
        """
        return

    def calibration_metrics(self) -> dict[str, "Metric"]:
        """New metrics by name of what was fitted after training, which only evaluation asks for; by
        default none."""
        return {}

    @abstractmethod
    def ground_truth(self, batch: Batch) -> list[Annotation]:
        """What is true of each image."""

    @abstractmethod
    def decode(self, output: Tensor) -> list[Annotation]:
        """What the output says of each image, in the same form as `ground_truth`."""

    def decode_intervals(self, output: Tensor) -> list[ShapeInterval] | None:
        """Between which shapes the border of each image's thing lies; None, as by default, where
        the head does not say.

        Parameters:
            output: as `decode` takes it.
        """
        return None

    def average_flipped(self, output: Tensor, flipped: Tensor) -> Tensor:
        """The mean of what is said of images and of the same images mirrored left to right, in the
        form of an output; by default the output as it is, for who knows how another mirrors back.

        Parameters:
            output: of the images.
            flipped: of the mirrored images, in their pixels.
        """
        return output

    def export_answer(self, output: Tensor, frame: ImageFrame) -> Answer:
        """What the output says, in the form of `answer_kind` and in pixels of the images: `decode`
        in tensor operations alone, none of which depends on values.

        Parameters:
            output: as `decode` takes it, in float32.
            frame: where the images lie in what the model sees.
        """
        raise NotImplementedError

    def answered_output(self, parts: Mapping[str, Tensor]) -> Tensor:
        """An output that says what an answer of an exported file says, for `answer_metrics`.

        Parameters:
            parts: of the answer by name, in pixels of the canvas.
        """
        raise NotImplementedError

    def answer_metrics(self) -> dict[str, "Metric"]:
        """New metrics by name that take what `answered_output` gives; by default `metrics`."""
        return self.metrics()

    def explained_score(
        self, output: Tensor, answer: Tensor, empty: Tensor, class_name: str | None = None
    ) -> Float[Tensor, " batch"]:
        """A number for each image that says how much the output still is the answer to be
        explained, and whose gradient tells what in the image speaks for it.

        By default how far the output has come on the straight way from what is said of an empty
        image to the answer: 0 at the one, 1 at the other. The distance from the answer itself would
        not do, for its gradient is 0 just there.

        Parameters:
            output: of changed images, as float32.
            answer: the output of the images as they are, a constant.
            empty: the output of images of the same size without anything, a constant.
            class_name: which class is to be explained, of heads that tell classes apart; None for
                the one that is answered.
        """
        way = (answer - empty).flatten(1)
        come = (output - empty).flatten(1)
        return (come * way).sum(1) / way.square().sum(1).clamp(min=LEAST_WAY)

    @abstractmethod
    def draw(self, canvas: ImageCanvas, annotation: Annotation) -> None:
        """Draw an annotation onto an image of the same pixels, with the canvas' own pen.

        Parameters:
            canvas: with the image, in the annotation's pixels.
            annotation: of this head's kind.
        """
