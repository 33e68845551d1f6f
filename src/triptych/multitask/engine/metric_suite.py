"""All metrics of a model together: updated by the batch, read by their names."""

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor
from torchmetrics import Metric

from ...frame.errors import UnknownNameError
from ...frame.registry import unknown_name_error
from ..metrics import Accuracy, PerImage, WhenRight
from ..model.multitask_model import Model


@runtime_checkable
class Figure(Protocol):
    """Anything that can be read as one number."""

    def compute(self) -> Tensor: ...


class Scores:
    """The metrics of every head, by names like "circle/iou", and the user's own besides.

    Where a model has a label head, box and circle also have "…/iou_when_right".
    """

    def __init__(self, model: Model, extra: Mapping[str, Metric] | None = None):
        self.extra = dict(extra or {})
        self.metrics: dict[str, Metric] = {
            f"{name}/{metric}": value
            for name, head in model.heads.items()
            for metric, value in head.metrics().items()
        }
        for name, metric in self.extra.items():
            if name.partition("/")[0] not in model.heads or "/" not in name:
                raise UnknownNameError(
                    f"Expected a metric named HEAD/METRIC with one of the heads "
                    f"{', '.join(model.heads)}, got '{name}'."
                )
            self.metrics[name] = metric.clone()
        self.main = [f"{name}/{next(iter(head.metrics()))}" for name, head in model.heads.items()]
        self.figures: dict[str, Figure] = {**self.metrics, **self._when_right(model)}

    def _when_right(self, model: Model) -> dict[str, Figure]:
        accuracy = self.metrics.get(f"{model.card.name('label')}/accuracy")
        if not isinstance(accuracy, Accuracy):
            return {}
        return {
            f"{name}_when_right": WhenRight(metric, accuracy)
            for name, metric in self.metrics.items()
            if name.endswith("/iou") and isinstance(metric, PerImage)
        }

    def update(self, outputs: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> None:
        """Take in a batch of outputs and of what they should have been, by head."""
        for name, metric in self.metrics.items():
            head = name.partition("/")[0]
            output = outputs[head].float()
            metric.to(output.device)
            metric.update(output, targets[head])

    def compute(self) -> dict[str, float]:
        """Every figure, by name."""
        return {name: float(figure.compute()) for name, figure in self.figures.items()}

    def reset(self) -> None:
        for metric in self.metrics.values():
            metric.reset()

    def definitions(self) -> dict[str, str]:
        """What each figure means, in one line."""
        unsaid = "no definition given"
        return {name: getattr(f, "definition", unsaid) for name, f in self.figures.items()}

    def score(self, figures: Mapping[str, float]) -> float:
        """One number for all heads: the mean of each head's main metric."""
        return float(torch.tensor([figures[name] for name in self.main]).mean())

    def known(self, name: str) -> str:
        """The name itself, where it is "score" or a figure. Raises UnknownNameError with the
        nearest."""
        if name != "score" and name not in self.figures:
            raise unknown_name_error(name, ["score", *self.figures], "metric")
        return name
