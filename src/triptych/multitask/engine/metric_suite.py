"""All metrics of a model together: updated batch by batch, computed by their names."""

import warnings
from collections.abc import Mapping
from math import isnan
from typing import Any, Literal, TypeVar

import torch
from torch import Tensor
from torchmetrics import Metric

from ...frame.errors import UnknownNameError
from ...frame.registry import unknown_name_error
from ...frame.training.distributed import sum_over_processes
from ..metrics import (
    Accuracy,
    ConditionalMetric,
    FunctionMetric,
    MetricLike,
    PerImageMetric,
    SeveralValues,
    checked_metrics,
)
from ..model.multitask_model import MultitaskModel
from ..structures.batch import Target

T = TypeVar("T")

CONDITIONAL = "_when_right"  # appended to the name of the metric that is conditional


class MetricSuite:
    """The metrics of every head, named like "circle/iou", and the user's own.

    Where a model has a label head, overlaps of boxes and circles ("…/iou") are also computed as
    "…/iou_when_right", in which images count 0 whose class is wrong.
    """

    def __init__(
        self,
        model: MultitaskModel,
        extra: Mapping[str, MetricLike] | None = None,
        *,
        shared: bool = False,
        calibration: bool = False,
    ):
        """
        Parameters:
            model: the model whose heads bring metrics.
            extra: metrics of your own by HEAD/METRIC, updated with the head's (output, target);
                they are cloned. A plain function becomes a `FunctionMetric`.
            shared: whether each process that trains is given its share of the images, and the
                values are those of all; else every process is given all images.
            calibration: whether what was fitted after training is measured too.

        Raises UnknownNameError for an extra metric of no head of the model, ConfigError for what
        is no metric.
        """
        self.extra = checked_metrics(extra or {})
        self.metrics = {
            f"{name}/{metric}": value
            for name, head in model.heads.items()
            for metric, value in {
                **head.metrics(),
                **(head.calibration_metrics() if calibration else {}),
            }.items()
        }
        for name, metric in self.extra.items():
            if name.partition("/")[0] not in model.heads or "/" not in name:
                raise UnknownNameError(
                    f"Expected a metric named HEAD/METRIC with one of the heads "
                    f"{', '.join(model.heads)}, got '{name}'."
                )
            own = metric if isinstance(metric, Metric) else FunctionMetric(metric)
            self.metrics[name] = own.clone()
        self.primary = [
            f"{name}/{next(iter(head.metrics()))}" for name, head in model.heads.items()
        ]
        self.label = model.info.display_name("label")
        self.conditional = self._conditional_metrics()
        self.shared = shared
        for metric in self.all.values():
            metric.sync_on_compute = metric._to_sync = shared

    def _conditional_metrics(self) -> dict[str, ConditionalMetric]:
        if not isinstance(self.metrics.get(f"{self.label}/accuracy"), Accuracy):
            return {}
        return {
            f"{name}{CONDITIONAL}": ConditionalMetric(metric)
            for name, metric in self.metrics.items()
            if name.endswith("/iou") and isinstance(metric, PerImageMetric)
        }

    @property
    def all(self) -> dict[str, Metric]:
        """Every metric by its name."""
        return {**self.metrics, **self.conditional}

    def to(self, device: torch.device) -> "MetricSuite":
        """Itself, with all metrics on a device; outputs and targets must be there too."""
        for metric in self.all.values():
            metric.to(device)
        return self

    def update(self, outputs: Mapping[str, Tensor], targets: Mapping[str, Target | Tensor]) -> None:
        """Add the images of a batch that have a head's target to the head's metrics.

        Parameters:
            outputs: of each head, by its name.
            targets: of each head, by its name; a tensor is known of all images.
        """
        known = {n: t if isinstance(t, Target) else Target(t) for n, t in targets.items()}
        outputs = {name: output.float() for name, output in outputs.items()}
        for name, metric in self.metrics.items():
            head = name.partition("/")[0]
            self._update(metric, known[head], outputs[head], known[head].values)
        for name, metric in self.conditional.items():
            head = name.partition("/")[0]
            label = known[self.label]
            rows = outputs[head], known[head].values, outputs[self.label], label.values
            self._update(metric, known[head].both(label), *rows)

    @staticmethod
    def _update(metric: Metric, target: Target, *rows: Tensor) -> None:
        known = target.select(*rows)
        if len(known[0]):
            metric.update(*known)

    def compute(self, *, in_training: bool = False) -> dict[str, float]:
        """The value of every metric by name, but for those of which no image had the target.

        Parameters:
            in_training: whether a metric of several values gives those alone that are followed
                through a training.
        """
        metrics = self.all
        updated = torch.tensor([int(metric.update_called) for metric in metrics.values()])
        if self.shared:
            device = next(iter(metrics.values())).device
            updated = sum_over_processes(updated.to(device))
        with warnings.catch_warnings():  # one process may have no image that another has
            warnings.filterwarnings("ignore", ".* was called before the ``update`` method")
            values: dict[str, float] = {}
            for (name, metric), known in zip(metrics.items(), updated.tolist()):
                if known:
                    values |= _values(name, metric, in_training)
            return values

    def reset(self) -> None:
        """Forget all batches."""
        for metric in self.all.values():
            metric.reset()

    def definitions(self) -> dict[str, str]:
        """What each metric computes, in one line, by name."""
        told: dict[str, str] = {}
        for name, metric in self.all.items():
            if isinstance(metric, SeveralValues):
                told |= _of_head(name, metric.definitions)
            else:
                told[name] = _definition(metric)
        return told

    def mean_primary(self, values: Mapping[str, float]) -> float:
        """One number for all heads: the mean of each head's primary metric.

        Parameters:
            values: what `compute` gave.
        """
        known = [values[name] for name in self.primary if name in values]
        return float(torch.tensor(known).mean())

    def check_monitor(self, name: str) -> None:
        """Raises UnknownNameError, with the nearest name, for one that is neither "score" nor a
        metric's that is followed through a training."""
        known = ["score"]
        for one, metric in self.all.items():
            several = isinstance(metric, SeveralValues)
            known += _of_head(one, dict.fromkeys(metric.in_training)) if several else [one]
        if name not in known:
            raise unknown_name_error(name, known, "metric")

    def direction(self, name: str) -> Literal["max", "min"]:
        """Whether the highest or the lowest value of a metric is the best.

        Parameters:
            name: of a metric, which says so by `higher_is_better`; or "score".
        """
        lower = {one for one, metric in self.all.items() if metric.higher_is_better is False}
        for one, metric in self.all.items():
            if isinstance(metric, SeveralValues):
                lower |= {f"{one.partition('/')[0]}/{value}" for value in metric.lower_is_better}
        return "min" if name in lower else "max"


def _values(name: str, metric: Metric, in_training: bool) -> dict[str, float]:
    """What a metric gives, by name; a value that cannot be said is left out where it is one of
    several."""
    main = float(metric.compute())
    if not isinstance(metric, SeveralValues):
        return {name: main}
    names = metric.in_training if in_training else tuple(metric.definitions)
    values = {key: float(metric.latest[key]) for key in names}
    return _of_head(name, {key: value for key, value in values.items() if not isnan(value)})


def _of_head(name: str, values: Mapping[str, T]) -> dict[str, T]:
    """Values by HEAD/VALUE, for a metric that is called HEAD/METRIC."""
    head = name.partition("/")[0]
    return {f"{head}/{key}": value for key, value in values.items()}


def _definition(metric: Any) -> str:
    return getattr(metric, "definition", "no definition given")
