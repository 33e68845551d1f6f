"""What finding objects is worth: average precision, and whether they are counted right."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torchmetrics.utilities import dim_zero_cat

from ..metrics import SeveralValues
from ..structures.object_rows import ObjectRows
from .average_precision import average_precision
from .matching import FoundObjects, Matches, match_objects
from .pairwise import ShapeGeometry

THRESHOLDS = tuple(0.5 + 0.05 * step for step in range(10))
MOST_NAMED = 20  # classes: with more, values are told of all together alone


class DetectionMetric(SeveralValues):
    """AP50 and AP50–95 as COCO defines them, and the error of counts.

    The value of an image is the F-measure of its objects at an overlap of one half.
    """

    counts: Tensor
    count_errors: Tensor
    scores: list[Tensor]
    classes: list[Tensor]
    right: list[Tensor]
    ignored: list[Tensor]

    def __init__(
        self,
        names: Sequence[str],
        geometry: ShapeGeometry,
        detect: Callable[[Tensor], FoundObjects],
        is_sure: Callable[[FoundObjects], Tensor],
        shape: str,
        **kwargs: Any,
    ):
        """
        Parameters:
            names: of the classes.
            geometry: of the kind of shape.
            detect: the objects that a head's output holds, doubtful ones too.
            is_sure: which of them the head would tell.
            shape: what the overlap is of: "boxes" or "circles".
            kwargs: those of `torchmetrics.Metric`.
        """
        super().__init__(**kwargs)
        self.names, self.shape_name = tuple(names), shape
        self.geometry, self.detect, self.is_sure = geometry, detect, is_sure
        for state in ("scores", "classes", "right", "ignored"):
            self.add_state(state, default=[], dist_reduce_fx="cat")
        for state in ("counts", "count_errors"):
            zeros = torch.zeros(len(names), dtype=torch.long)
            self.add_state(state, zeros, dist_reduce_fx="sum")

    @property
    def definition(self) -> str:  # pyright: ignore  # a class attribute elsewhere
        """Of the first value."""
        return next(iter(self.definitions.values()))

    @property
    def definitions(self) -> Mapping[str, str]:
        """AP50, AP50–95 and the counting error; of up to 20 classes each on its own too."""
        iou = f"IoU of {self.shape_name}"
        told = {
            "ap50": f"mean over classes of average precision at {iou} ≥ 0.5 (COCO's 101 points)",
            "ap50_95": f"the same, mean over {iou} ≥ 0.50, 0.55 … 0.95",
            "counting_error": "Σ |found − there| / Σ there, over images and classes; 0 is perfect",
        }
        if 1 < len(self.names) <= MOST_NAMED:
            for name in self.names:
                told[f"ap50:{name}"] = f"average precision of {name} at {iou} ≥ 0.5"
            for name in self.names:
                told[f"counting_error:{name}"] = f"Σ |found − there| / Σ there of {name}"
        return told

    @property
    def lower_is_better(self) -> frozenset[str]:
        """The counting errors."""
        return frozenset(name for name in self.definitions if name.startswith("counting_error"))

    @property
    def in_training(self) -> tuple[str, ...]:
        """The average precisions: from which score on to count is fitted afterwards."""
        return "ap50", "ap50_95"

    def per_image(self, output: Tensor, target: Tensor) -> Float[Tensor, " batch"]:
        """2 · right / (found + there) of the objects that the head tells, at an overlap of one
        half; 1 where nothing is there and nothing was found."""
        found, truth = self.detect(output), ObjectRows.from_tensor(target)
        half = torch.tensor(THRESHOLDS[:1], device=output.device)
        return self._f_measure(match_objects(found, truth, self.geometry, half), found, truth)

    def update(self, output: Tensor, target: Tensor) -> None:
        """Add the objects of a batch."""
        found, truth = self.detect(output), ObjectRows.from_tensor(target)
        levels = torch.tensor(THRESHOLDS, device=output.device)
        matches = match_objects(found, truth, self.geometry, levels)
        here, sure = found.present, self.is_sure(found)
        self.scores.append(found.scores[here].float())
        self.classes.append(found.classes[here])
        self.right.append(matches.right[here])
        self.ignored.append(matches.ignored[here])
        told = sure & ~matches.ignored[..., 0]
        there = self._per_class(truth.classes, truth.to_find)
        self.counts += there.sum(0)
        self.count_errors += (self._per_class(found.classes, told) - there).abs().sum(0)
        self.per_image_values.append(self._f_measure(matches, found, truth))

    def _f_measure(
        self, matches: Matches, found: FoundObjects, truth: ObjectRows
    ) -> Float[Tensor, " batch"]:
        """Of each image, at the first overlap of `matches`."""
        sure = self.is_sure(found)
        right = (matches.right[..., 0] & sure).sum(1)
        both = truth.to_find.sum(1) + (sure & ~matches.ignored[..., 0]).sum(1)
        return torch.where(both > 0, 2 * right / both.clamp(min=1), 1.0)

    def _per_class(self, classes: Tensor, valid: Tensor) -> Tensor:
        """How many valid rows of each class each image has: (batch, classes)."""
        numbers = torch.arange(len(self.names), device=classes.device)
        return ((classes[..., None] == numbers) & valid[..., None]).sum(1)

    def compute_all(self) -> Mapping[str, Float[Tensor, ""]]:
        """All values over the images so far."""
        scores, classes = (dim_zero_cat(state) for state in (self.scores, self.classes))
        right, ignored = (dim_zero_cat(state) for state in (self.right, self.ignored))
        precision = torch.full((len(self.names), len(THRESHOLDS)), torch.nan, device=scores.device)
        for number, there in enumerate(self.counts.tolist()):
            if there:
                own = classes == number
                precision[number] = average_precision(scores[own], right[own], ignored[own], there)
        wrong = self.count_errors / torch.where(self.counts > 0, self.counts, torch.nan)
        values = {
            "ap50": precision[:, 0].nanmean(),
            "ap50_95": precision.nanmean(),
            "counting_error": self.count_errors.sum() / self.counts.sum().clamp(min=1),
        }
        for number, name in enumerate(self.names):
            values |= {
                f"ap50:{name}": precision[number, 0],
                f"counting_error:{name}": wrong[number],
            }
        return {name: values[name] for name in self.definitions}
