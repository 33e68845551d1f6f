"""Predictions as annotated images, in the form that the writers of formats take."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from ...frame.errors import ConfigError
from ...frame.registry import unknown_name_error
from ..annotated.targets import ATTRIBUTE
from ..formats._format import Vocabulary
from ..inference.prediction import Prediction
from ..structures.annotated_image import AnnotatedImage, AnnotatedObject
from ..structures.annotations import (
    Annotation,
    BinaryMask,
    BoundingBox,
    Circle,
    ClassLabel,
    SemanticMap,
)
from ..structures.detections import Detections
from ..structures.info import DatasetInfo
from ..structures.shapes import PixelMask, Shape

SHAPE_HEADS = ("boxes", "circles", "semantic", "mask", "box", "circle")
"""Heads that say where things are, from the one whose shapes are written by default: those that
find several things come first; of the others those that say most."""

SEVERAL = (Detections, SemanticMap)  # a class beside them is of the image as a whole


class PredictionAnnotator:
    """Turns predictions of one run into annotated images. Each thing is written once, in the shape
    of one head."""

    def __init__(self, info: DatasetInfo, heads: tuple[str, ...], shape: str | None = None):
        """
        Parameters:
            info: of the run's model.
            heads: of the run, by their names in `HEADS`.
            shape: the head whose shapes are written, by its name in `HEADS` or in the run; None for
                the first of `SHAPE_HEADS` that the run has.

        Raises UnknownNameError where the run has no such head, ConfigError where it says no place.
        """
        self.info = info
        self._called = {info.display_name(head): head for head in heads}
        self.shape_head = self._head_of_shapes(shape)

    @property
    def vocabulary(self) -> Vocabulary:
        """All classes, and all values of the attributes, that the run can tell apart."""
        attributes = {name: self._values(head) for head, name in self._attributes().items()}
        return Vocabulary(self.info.classes, attributes)

    def annotated(self, prediction: Prediction) -> AnnotatedImage:
        """An image with what the run says of it.

        Parameters:
            prediction: of a file, by its path as the name; its coordinates are in pixels of the
                upright image, as every tool shows it.
        """
        height, width = prediction.pixels.shape[:2]
        objects: list[AnnotatedObject] = []
        for annotations in prediction.objects:
            objects += self._objects(annotations, (width, height))
        only = prediction.annotations if len(prediction.objects) == 1 else {}
        return AnnotatedImage(
            Path(prediction.name).absolute(),
            width,
            height,
            label=self._image_label(only),
            attributes=self._image_attributes(only),
            objects=None if self.shape_head is None else tuple(objects),
            score=None if prediction.uncertainty is None else 1 - prediction.uncertainty,
        )

    def _head_of_shapes(self, shape: str | None) -> str | None:
        """What the head is called in the run."""
        by_kind = {head: name for name, head in self._called.items()}
        if shape is None:
            return next((by_kind[kind] for kind in SHAPE_HEADS if kind in by_kind), None)
        name = by_kind.get(shape, shape)
        if name not in self._called:
            raise unknown_name_error(shape, tuple(self._called), "head of the run")
        if self._called[name] == "label" or self._called[name] in self._attributes():
            raise ConfigError(f"The head {name} says no place. Choose one of {self._places()}.")
        return name

    def _places(self) -> str:
        named = [name for name, head in self._called.items() if head in SHAPE_HEADS]
        return ", ".join(named) or "none: leave out --shape"

    def _attributes(self) -> dict[str, str]:
        """The names of the attributes, by the heads that are about them."""
        return {
            head: head.removeprefix(ATTRIBUTE) if head.startswith(ATTRIBUTE) else name
            for name, head in self._called.items()
            if head.partition(":")[0] == "attribute"
        }

    def _values(self, head: str) -> tuple[str, ...]:
        return self.info.seen_by(head).attributes

    def _image_label(self, annotations: Mapping[str, Annotation]) -> str | None:
        """The class of the image as a whole: where no single thing is shown that it is of."""
        shown = annotations.get(self.shape_head or "")
        if shown is not None and not isinstance(shown, SEVERAL):
            return None
        label = self._label(annotations)
        return None if label is None else label.name

    def _label(self, annotations: Mapping[str, Annotation]) -> ClassLabel | None:
        said = annotations.get(self.info.display_name("label"))
        return said if isinstance(said, ClassLabel) else None

    def _image_attributes(self, annotations: Mapping[str, Annotation]) -> dict[str, str]:
        names = {self.info.display_name(head): name for head, name in self._attributes().items()}
        return {
            names[head]: said.name
            for head, said in annotations.items()
            if head in names and isinstance(said, ClassLabel)
        }

    def _objects(
        self, annotations: Mapping[str, Annotation], size: tuple[int, int]
    ) -> Iterator[AnnotatedObject]:
        """What the head of shapes says, with classes and scores."""
        classes = self.info.classes
        only_class = classes[0] if len(classes) == 1 else None
        match annotations.get(self.shape_head or ""):
            case Detections(objects):
                for one in objects:
                    shape = _rounded(one.shape)
                    if _is_inside(shape, size):
                        label = one.name or only_class
                        yield AnnotatedObject(label, shape, score=_score(one.score))
            case SemanticMap(numbers, names):
                for number, name in enumerate(names[1:], 1):
                    mask = PixelMask.of(numbers == number)
                    if mask.pixels.size:
                        yield AnnotatedObject(name, mask)
            case BinaryMask() as mask:
                pixels = PixelMask.of(mask.pixels)
                if pixels.pixels.size:
                    yield self._single(annotations, pixels, only_class)
            case BoundingBox() | Circle() as exact if _is_inside(shape := _rounded(exact), size):
                yield self._single(annotations, shape, only_class)

    def _single(
        self, annotations: Mapping[str, Annotation], shape: Shape, otherwise: str | None
    ) -> AnnotatedObject:
        said = self._label(annotations)
        if said is None:
            return AnnotatedObject(otherwise, shape)
        return AnnotatedObject(said.name, shape, score=_score(said.probability))


def _rounded(shape: BoundingBox | Circle) -> BoundingBox | Circle:
    """To hundredths of a pixel: more mean nothing, and fill the files."""
    return type(shape)(**{name: round(value, 2) for name, value in vars(shape).items()})


def _is_inside(shape: BoundingBox | Circle, size: tuple[int, int]) -> bool:
    """Whether some of a shape lies in the image: what has no area is refused by the tools."""
    width, height = size
    if isinstance(shape, Circle):
        beyond = max(-shape.x, -shape.y, shape.x - width, shape.y - height)
        return shape.radius > 0 and beyond < shape.radius
    return max(shape.left, 0) < min(shape.right, width) and max(shape.top, 0) < min(
        shape.bottom, height
    )


def _score(value: float) -> float:
    """To four digits."""
    return round(min(max(value, 0.0), 1.0), 4)
