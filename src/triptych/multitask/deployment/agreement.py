"""How far an exported file is from its model, on real images: answer by answer, by every metric."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Integer
from torch import Tensor

from ..answers.kinds import PARTS, Kind, output_name
from ..data.dataset import Dataset, Split
from ..engine.evaluate import images_at_once
from ..engine.metric_suite import MetricSuite
from ..inference.whole_image import prepare_whole
from ..model.multitask_model import MultitaskModel
from ..structures.batch import Batch
from .letterbox import GraphLetterbox

Answers = Mapping[str, np.ndarray]
Run = Callable[[np.ndarray], Answers]
"""Images (batch, height, width, channels) to the outputs of a file by their names."""

MOST_IMAGES = 1000
TOLERANCE = 1e-4  # of probabilities, and of the image's longer side for boxes and circles
METRIC_TOLERANCE = 1e-3
MAIN_TOLERANCE = 5e-3  # of each head's main metric, where a file computes with fewer bits


@dataclass
class Agreement:
    """How an exported file compares with its model.

    Parameters:
        images: how many it was compared on.
        split: which they are.
        differences: of each head, the largest over the images: of probabilities, of boxes and
            circles in parts of the image's longer side (of objects those that are sure), of a
            semantic map how much less probable than its own the model thinks a class of the file.
        metrics: of the model, by name.
        exported: the same of the file.
        main: the main metric of each head, where nothing else is held to a tolerance.
        tolerance: of the differences.
    """

    images: int = 0
    split: str = ""
    differences: dict[str, float] = field(default_factory=dict)
    metrics: dict[str, float] = field(default_factory=dict)
    exported: dict[str, float] = field(default_factory=dict)
    main: tuple[str, ...] = ()
    tolerance: float = TOLERANCE

    def changes(self) -> dict[str, float]:
        """How much each metric changes; NaN where one of both has no value."""
        missing = float("nan")
        return {n: self.exported.get(n, missing) - value for n, value in self.metrics.items()}

    def breaches(self) -> list[str]:
        """What differs by more than the tolerances, in words."""
        if self.main:
            changes = {name: self.changes()[name] for name in self.main}
            return _changed(changes, MAIN_TOLERANCE)
        told = [
            f"{head} differs by {value:.2g}, at most {self.tolerance:g}"
            for head, value in self.differences.items()
            if not value <= self.tolerance
        ]
        return told + _changed(self.changes(), METRIC_TOLERANCE)

    def to_dict(self) -> dict[str, Any]:
        """Its values by name, ready for JSON."""
        return {**vars(self), "changes": self.changes()}


def _changed(changes: Mapping[str, float], most: float) -> list[str]:
    return [
        f"{name} changes by {change:+.2g}, at most {most:g}"
        for name, change in changes.items()
        if not abs(change) <= most
    ]


def to_pixels(batch: Batch) -> np.ndarray:
    """The images of a batch, uint8 (batch, height, width, channels).

    Parameters:
        batch: on the CPU.
    """
    return (batch.images * 255).round().byte().permute(0, 2, 3, 1).numpy()


def exported_images(model: MultitaskModel, pixels: np.ndarray) -> np.ndarray:
    """Images of a dataset as an exported file takes them, uint8.

    Parameters:
        model: that is exported.
        pixels: as `to_pixels` gives them.
    """
    grey = _whole(model) and pixels.shape[3] == 1
    return np.ascontiguousarray(pixels.repeat(3, 3) if grey else pixels)


def compare(
    model: MultitaskModel,
    kinds: Mapping[str, Kind],
    run: Run,
    data: Dataset,
    split: Split = "test",
    most: int = MOST_IMAGES,
) -> Agreement:
    """Compare a file with its model on the first images of a split.

    Parameters:
        model: in evaluation mode on the CPU.
        kinds: of its heads.
        run: answers by the file.
        data: what the model was trained on, on the CPU.
        split: of it.
        most: images that are looked at.
    """
    result = Agreement(split=split, differences=dict.fromkeys(kinds, 0.0))
    suites = _suite(model), _suite(model)
    at_once = images_at_once(data.info)
    for batch in data.batches(split, at_once):
        canvases = pixels = to_pixels(batch)
        if _whole(model):
            canvases = np.stack([prepare_whole(one, data.info).canvas for one in pixels])
        with torch.no_grad():
            outputs = model(torch.from_numpy(canvases).permute(0, 3, 1, 2).float() / 255)
        answers, frame = run(exported_images(model, pixels)), _frame(model, pixels)
        own: dict[str, np.ndarray] = {}
        for name, kind in kinds.items():
            parts = model.heads[name].export_answer(outputs[name].float(), frame).parts
            said = {output_name(name, part): value.numpy() for part, value in parts.items()}
            if kind == "semantic":
                apart = less_probable(outputs[name], answers[output_name(name, "")])
            else:
                apart = _difference(kind, name, said, answers, max(pixels.shape[1:3]))
            result.differences[name] = float(np.maximum(result.differences[name], apart.max()))
            own |= said
        for suite, those in zip(suites, (own, answers)):
            back = {
                name: model.heads[name].answered_output(_parts(name, kind, those))
                for name, kind in kinds.items()
            }
            suite.update(back, model.targets(batch))
        result.images += len(pixels)
        if result.images >= most:
            break
    result.metrics, result.exported = (suite.compute() for suite in suites)
    return result


def _suite(model: MultitaskModel) -> MetricSuite:
    """The metrics of a model, to be updated with what `answered_output` gives."""
    suite = MetricSuite(model)
    for name, head in model.heads.items():
        answered = head.answer_metrics()
        suite.metrics.update({f"{name}/{key}": metric for key, metric in answered.items()})
    return suite


def _frame(model: MultitaskModel, pixels: np.ndarray) -> GraphLetterbox:
    """Where images of a dataset lie in their canvases."""
    if _whole(model):
        return GraphLetterbox.of_size(pixels.shape[1], pixels.shape[2], model.info)
    return GraphLetterbox.identity(model.info)


def _whole(model: MultitaskModel) -> bool:
    return model.info.input == "image"


def _difference(kind: Kind, name: str, own: Answers, answers: Answers, side: int) -> np.ndarray:
    """How far the answers of a file about each image are from the model's own."""
    if kind in ("boxes", "circles"):
        pairs = [
            [
                {part: those[output_name(name, part)][row] for part in PARTS[kind]}
                for those in (own, answers)
            ]
            for row in range(len(own[name]))
        ]
        return np.array([_objects_apart(one, other, side) for one, other in pairs])
    (key,) = own
    rows = len(own[key])
    apart = np.abs(own[key] - answers[key]).reshape(rows, -1).max(1)
    return apart / side if kind in ("box", "circle") else apart


def less_probable(
    output: Float[Tensor, "batch classes rows columns"],
    classes: Integer[np.ndarray, "batch rows columns"],
) -> Float[np.ndarray, " batch"]:
    """How much less probable than the most probable class another one is, at most over the pixels
    of each image: 0 where they are the same, and nearly so where two are as probable, so that
    rounding errors choose between them.

    Parameters:
        output: logits of a semantic head.
        classes: for each of their pixels.
    """
    probabilities = output.float().softmax(1)
    said = probabilities.gather(1, torch.from_numpy(classes.astype(np.int64))[:, None])[:, 0]
    return (probabilities.amax(1) - said).flatten(1).amax(1).numpy()


def _objects_apart(one: Answers, other: Answers, side: int) -> float:
    """The largest distance of a sure object from the nearest of its class in the other list, be
    that sure or not. Those that are not sure are held by the metrics alone: where two overlap
    and have the same score, rounding errors choose the one that is suppressed."""
    lists = [
        np.c_[those[""] / side, those["scores"], those["classes"] * 10.0] for those in (one, other)
    ]
    apart = np.abs(lists[0][:, None] - lists[1]).max(2, initial=0.0)
    worst = 0.0
    for axis, those in ((1, one), (0, other)):
        nearest = apart.min(axis, initial=1.0)[those["sure"].astype(bool)]
        worst = max(worst, float(nearest.max(initial=0.0)))
    return worst


def _parts(name: str, kind: Kind, answers: Answers) -> dict[str, Tensor]:
    """The answers about a head by their parts."""
    return {
        part: torch.from_numpy(np.asarray(answers[output_name(name, part)])) for part in PARTS[kind]
    }
