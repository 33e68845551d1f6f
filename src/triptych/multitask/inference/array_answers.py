"""Annotations from the arrays that an exported file answers, and their drawing; as the heads do it
with tensors."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from ...frame.drawing.annotate import ImageCanvas
from ...frame.drawing.colors import Color
from ..answers.kinds import PARTS, Kind, output_name
from ..detection.drawing import draw_detections
from ..structures.annotations import (
    Annotation,
    BinaryMask,
    BoundingBox,
    Circle,
    ClassLabel,
    SemanticMap,
)
from ..structures.detections import DetectedObject, Detections
from .model_card import HeadCard, ModelCard

TOP = 3  # classes that are told

Arrays = Sequence[np.ndarray]
"""The outputs of one head, in the order of `PARTS`."""


def annotations_of(
    card: ModelCard, answers: Mapping[str, np.ndarray], count: int
) -> dict[str, list[Annotation]]:
    """What each head says about each image, in pixels of the canvas.

    Parameters:
        card: of the model.
        answers: by the names of the outputs.
        count: of the images.

    Raises ValueError for arrays of other shapes.
    """
    decoded = {}
    for name, head in card.heads.items():
        arrays = [answers[output_name(name, part)] for part in PARTS[head.kind]]
        size = card.info.height, card.info.width
        shapes = _shapes(head, (count, *size), arrays[0].shape)
        for array, shape in zip(arrays, shapes, strict=True):
            if array.shape != shape or not np.isfinite(array).all():
                raise ValueError(f"{name}: expected numbers {shape}, got {array.shape}")
        decoded[name] = list(_DECODE[head.kind](arrays, head.classes))
    return decoded


def draw_annotation(canvas: ImageCanvas, annotation: Annotation, head: HeadCard) -> None:
    """Draw what a head says.

    Parameters:
        canvas: with the image, and a pen of the head's color.
        annotation: in pixels of the canvas.
        head: whose it is.
    """
    match annotation:
        case ClassLabel(name, probability):
            canvas.text(f"{name} {probability:.0%}")
        case BoundingBox() | Circle():
            _draw_shape(canvas, annotation, None)
        case BinaryMask():
            canvas.mask(annotation.pixels)
        case SemanticMap(classes, names):
            canvas.semantic_map(classes, names)
        case Detections():
            draw_detections(canvas, annotation, head.classes, _draw_shape, head.kind)


def _draw_shape(canvas: ImageCanvas, shape: BoundingBox | Circle, color: Color | None) -> None:
    if isinstance(shape, Circle):
        canvas.circle(shape.x, shape.y, shape.radius, color=color)
    else:
        canvas.box(shape.left, shape.top, shape.right, shape.bottom, color=color)


def _shapes(
    head: HeadCard, images: tuple[int, int, int], first: tuple[int, ...]
) -> list[tuple[int, ...]]:
    """Of each array of a head; the number of objects is open."""
    count = images[0]
    if head.kind in ("boxes", "circles"):
        rows = (count, first[1] if len(first) == 3 else 0)
        return [(*rows, 4 if head.kind == "boxes" else 3), rows, rows, rows]
    return [
        {
            "classes": (count, len(head.classes)),
            "box": (count, 4),
            "circle": (count, 3),
            "mask": images,
            "semantic": images,
        }[head.kind]
    ]


def _classes(arrays: Arrays, names: Sequence[str]) -> Iterator[Annotation]:
    for row in arrays[0]:
        best = np.argsort(-row, kind="stable")[:TOP]
        first, *others = ((names[int(number)], float(row[number])) for number in best)
        yield ClassLabel(*first, tuple(others))


def _boxes(arrays: Arrays, names: Sequence[str]) -> Iterator[Annotation]:
    return (BoundingBox(*row) for row in arrays[0].tolist())


def _circles(arrays: Arrays, names: Sequence[str]) -> Iterator[Annotation]:
    return (Circle(*row) for row in arrays[0].tolist())


def _masks(arrays: Arrays, names: Sequence[str]) -> Iterator[Annotation]:
    return map(BinaryMask, arrays[0])


def _maps(arrays: Arrays, names: Sequence[str]) -> Iterator[Annotation]:
    if arrays[0].min() < 0 or arrays[0].max() >= len(names):
        raise ValueError("a class without a name")
    return (SemanticMap(one, tuple(names)) for one in arrays[0].astype(np.int32))


def _detections(
    shape: Callable[..., BoundingBox | Circle],
) -> Callable[[Arrays, Sequence[str]], Iterator[Annotation]]:
    def decode(arrays: Arrays, names: Sequence[str]) -> Iterator[Annotation]:
        for shapes, classes, scores, sure in zip(*arrays, strict=True):
            here = sure.astype(bool)
            if (classes[here] < 0).any():
                raise ValueError("a class without a name")
            rows = (part[here].tolist() for part in (shapes, classes, scores))
            yield Detections(
                tuple(
                    DetectedObject(shape(*numbers), names[int(number)], score)
                    for numbers, number, score in zip(*rows, strict=True)
                )
            )

    return decode


_DECODE: Mapping[Kind, Callable[[Arrays, Sequence[str]], Iterator[Annotation]]] = {
    "classes": _classes,
    "box": _boxes,
    "circle": _circles,
    "mask": _masks,
    "semantic": _maps,
    "boxes": _detections(BoundingBox),
    "circles": _detections(Circle),
}
