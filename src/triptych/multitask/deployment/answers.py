"""What each kind of head answers in an exported file: tensors in pixels of the images."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from ...frame.errors import ConfigError
from ..detection.matching import FoundObjects
from ..heads._classification import ClassificationHead
from ..heads._detection.detection_head import DetectionHead
from ..heads._head import Head
from ..heads.box import BoxHead
from ..heads.boxes import BoxesHead
from ..heads.circle import CircleHead
from ..heads.circles import CirclesHead
from ..heads.mask import MaskHead
from ..heads.semantic import SemanticHead
from ..inference.answer_kinds import PARTS, Kind
from ..structures.uncertainty import NOTHING_DETECTED
from .letterbox import GraphLetterbox

KINDS: Mapping[type[Head], Kind] = {
    ClassificationHead: "classes",
    BoxHead: "box",
    CircleHead: "circle",
    MaskHead: "mask",
    SemanticHead: "semantic",
    BoxesHead: "boxes",
    CirclesHead: "circles",
}


@dataclass(frozen=True)
class Answer:
    """What one head says of images of one size.

    Parameters:
        parts: tensors by the names in `PARTS`, in their order.
        doubt: how unsure it is of each image, as `uncertainty_of`; None where it does not say.
    """

    parts: dict[str, Tensor]
    doubt: Float[Tensor, " batch"] | None = None


def kind_of(head: Head, name: str) -> Kind:
    """What a head answers in.

    Parameters:
        head: of a model.
        name: what it is called, for the error.

    Raises ConfigError for a head of a plug-in, of which nobody knows how it is decoded in a graph.
    """
    for cls, kind in KINDS.items():
        if isinstance(head, cls):
            return kind
    raise ConfigError(
        f"The head {name} ({type(head).__name__}) cannot be exported: only the heads that come "
        "with triptych know how to answer in other programs. Export a run without it."
    )


def answer(kind: Kind, head: Head, output: Tensor, letterbox: GraphLetterbox) -> Answer:
    """What a head's raw output says, in pixels of the images.

    Parameters:
        kind: of the head.
        head: has the thresholds.
        output: what its `forward` gave.
        letterbox: where the images lie in their canvases.
    """
    return _ANSWERS[kind](head, output.float(), letterbox)


def _classes(head: Head, output: Tensor, letterbox: GraphLetterbox) -> Answer:
    assert isinstance(head, ClassificationHead)
    probabilities = head.probabilities(output)
    best = probabilities.topk(min(2, probabilities.shape[1]), 1).values
    second = best[:, 1] if best.shape[1] > 1 else torch.zeros_like(best[:, 0])
    return _named("classes", 1 - (best[:, 0] - second), probabilities)


def _box(head: Head, output: Tensor, letterbox: GraphLetterbox) -> Answer:
    return _named("box", None, letterbox.boxes(output))


def _circle(head: Head, output: Tensor, letterbox: GraphLetterbox) -> Answer:
    return _named("circle", None, letterbox.circles(output))


def _mask(head: Head, output: Tensor, letterbox: GraphLetterbox) -> Answer:
    probability = output.sigmoid()
    inside = (probability > 0.5).float()
    flat, within = probability.flatten(1), inside.flatten(1)
    intersection = (flat * within).sum(1)
    union = (within + flat * (1 - within)).sum(1)
    promised = torch.where(within.sum(1) > 0, intersection / union, 1 - 2 * flat.amax(1))
    return _named("mask", 1 - promised, letterbox.probabilities(probability))


def _semantic(head: Head, output: Tensor, letterbox: GraphLetterbox) -> Answer:
    best, probability = output.argmax(1), output.softmax(1)
    thing, background = (best > 0).float().flatten(1), probability[:, 0].flatten(1)
    intersection = (probability.amax(1).flatten(1) * thing).sum(1)
    union = (thing + (1 - background) * (1 - thing)).sum(1)
    nothing = (2 * background.amin(1) - 1).clamp(min=0)
    promised = torch.where(thing.sum(1) > 0, intersection / union.clamp(min=1e-6), nothing)
    return _named("semantic", 1 - promised, letterbox.classes(best))


def _detections(kind: Kind, back: str) -> Callable[[Head, Tensor, GraphLetterbox], Answer]:
    def detections(head: Head, output: Tensor, letterbox: GraphLetterbox) -> Answer:
        assert isinstance(head, DetectionHead)
        found = head.detect(output)
        order = found.scores.topk(found.scores.shape[1]).indices
        shapes = found.shapes.gather(1, order[..., None].expand_as(found.shapes))
        ranked = FoundObjects(shapes, found.classes.gather(1, order), found.scores.gather(1, order))
        sure = head.is_sure(ranked)
        count = sure.float().sum(1)
        doubts = ((1 - (2 * ranked.scores - 1).abs()) * sure).sum(1) / count.clamp(min=1)
        doubt = torch.where(count > 0, doubts, NOTHING_DETECTED)
        placed = getattr(letterbox, back)(ranked.shapes) * ranked.present[..., None]
        return _named(kind, doubt, placed, ranked.classes, ranked.scores, sure)

    return detections


def _named(kind: Kind, doubt: Tensor | None, *tensors: Tensor) -> Answer:
    return Answer(
        dict(zip(PARTS[kind], tensors, strict=True)), None if doubt is None else doubt.clamp(0, 1)
    )


_ANSWERS: Mapping[Kind, Callable[[Head, Tensor, GraphLetterbox], Answer]] = {
    "classes": _classes,
    "box": _box,
    "circle": _circle,
    "mask": _mask,
    "semantic": _semantic,
    "boxes": _detections("boxes", "boxes"),
    "circles": _detections("circles", "circles"),
}
