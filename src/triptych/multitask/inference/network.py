"""What a predictor needs of a trained network, whatever runs it."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ...frame.drawing.annotate import ImageCanvas
from ...frame.drawing.colors import Color
from ..calibration.shape_interval import ShapeInterval
from ..preprocessing.prepare import ModelInput
from ..structures.annotations import Annotation
from ..structures.info import DatasetInfo

BATCH = 64  # images at a time, at most
INPUT_PIXELS = 2**20  # that a network is shown at a time: more is slower, for caches are small


@dataclass(frozen=True)
class Answers:
    """What every head says about one input of the network.

    Parameters:
        annotations: of each head by its name, in pixels of the image that the input comes from.
        novelty: how unlike the input is to those the model learned; above 1 for one of a hundred.
        uncertainty: of the least sure head, 0 … 1; None where no head tells it.
        intervals: of the heads that know them, in pixels of that image too.
    """

    annotations: dict[str, Annotation]
    novelty: float
    uncertainty: float | None
    intervals: dict[str, ShapeInterval] = field(default_factory=dict)


class Network(ABC):
    """A trained network, in PyTorch or in an exported file."""

    @property
    @abstractmethod
    def info(self) -> DatasetInfo:
        """What it knows of its dataset."""

    @property
    @abstractmethod
    def head_names(self) -> tuple[str, ...]:
        """Its heads, by their names in `HEADS`."""

    @property
    @abstractmethod
    def colors(self) -> Mapping[str, Color]:
        """The color of each head, by what the head is called in the dataset."""

    @abstractmethod
    def annotate(self, inputs: Sequence[ModelInput]) -> Iterator[Answers]:
        """What is said about each input, in order.

        Parameters:
            inputs: prepared images or characters.
        """

    @abstractmethod
    def draw(self, canvas: ImageCanvas, head: str, annotation: Annotation) -> None:
        """Draw what a head says.

        Parameters:
            canvas: with the image, and a pen of the head's color.
            head: what it is called.
            annotation: in pixels of the canvas.
        """
