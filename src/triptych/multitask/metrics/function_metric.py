"""Metrics of the user's own: plain functions become metrics."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor
from torchmetrics import Metric

from ...frame.errors import ConfigError

MetricLike = Metric | Callable[[Tensor, Tensor], Any]
"""A metric of the user's own: of torchmetrics, or a function as `FunctionMetric` takes it."""


class FunctionMetric(Metric):
    """The mean over images of what a plain function gives. Higher is taken to be better."""

    is_differentiable = False
    full_state_update = False
    total: Tensor
    count: Tensor

    def __init__(self, function: Callable[[Tensor, Tensor], Any], **kwargs: Any):
        """
        Parameters:
            function: called with a head's (output, target) of a batch; gives a value for each
                image, or the mean of the batch. Where it has an attribute `higher_is_better`,
                that is kept.
            kwargs: those of `torchmetrics.Metric`.
        """
        super().__init__(**kwargs)
        self.function = function
        first = (function.__doc__ or "").strip().partition("\n")[0]
        name = getattr(function, "__name__", type(function).__name__)
        self.definition = first or f"mean over images of {name}"
        self.add_state("total", torch.zeros((), dtype=torch.float64), dist_reduce_fx="sum")
        self.add_state("count", torch.zeros((), dtype=torch.long), dist_reduce_fx="sum")

    @property
    def higher_is_better(self) -> bool:  # pyright: ignore  # a class attribute in torchmetrics
        """Whether a high value is good: what the function says of itself, else True."""
        return getattr(self.function, "higher_is_better", True)

    def update(self, output: Tensor, target: Tensor) -> None:
        """Add the images of a batch.

        Raises ConfigError where the function gives neither one value nor one an image.
        """
        value = torch.as_tensor(self.function(output, target), device=output.device).detach()
        if value.ndim and value.shape != (len(output),):
            raise ConfigError(
                f"Expected the metric function to give one value, or one for each of "
                f"{len(output)} images, got {tuple(value.shape)}. Average over the other axes."
            )
        self.total += value.double().mean() * len(output)
        self.count += len(output)

    def compute(self) -> Tensor:
        """The mean over all images; nan without any."""
        return (self.total / self.count).float()


def checked_metrics(extra: Any) -> dict[str, MetricLike]:
    """Metrics of the user's own by name; raises ConfigError for what is none.

    Parameters:
        extra: what was given for them.
    """
    if not isinstance(extra, Mapping):
        raise ConfigError(
            "Expected metrics by name, such as {'circle/error': function}, got "
            f"{type(extra).__name__}."
        )
    for name, metric in extra.items():
        if not callable(metric):
            raise ConfigError(
                f"Expected a metric of torchmetrics or a function of (output, target) as '{name}', "
                f"got {type(metric).__name__}."
            )
    return dict(extra)
