"""Style: paint one picture in another's hand."""

import typing

from .fast.apply import FastStyler, apply
from .losses.gatys import (
    content_loss,
    gram_loss,
    gram_matrix,
    layer_style_loss,
    style_loss,
    total_loss,
    total_variation,
)
from .networks._build import load_extractor
from .networks._extractor import FeatureExtractor
from .objectives.build import build_method
from .objectives.feature_objective import FeatureMethod
from .objectives.objective import LossAndGradient, Objective, ObjectiveFactory, ScaleInputs
from .optimization.config import TransferConfig
from .optimization.memory import limit_memory
from .optimization.style_optimizer import StyleOptimizer
from .optimization.transfer import TransferResult, transfer

if typing.TYPE_CHECKING:
    from .fast.train import TrainResult, resume, train


# the names these have in the course of Gatys' method, and in version 0.1.0
paint = transfer
content_cost = content_loss
gram_cost = gram_loss
layer_style_cost = layer_style_loss
style_cost = style_loss
total_cost = total_loss

__all__ = [
    "FastStyler",
    "FeatureExtractor",
    "FeatureMethod",
    "LossAndGradient",
    "Objective",
    "ObjectiveFactory",
    "ScaleInputs",
    "StyleOptimizer",
    "TrainResult",
    "TransferConfig",
    "TransferResult",
    "apply",
    "build_method",
    "content_cost",
    "content_loss",
    "gram_cost",
    "gram_loss",
    "gram_matrix",
    "layer_style_cost",
    "layer_style_loss",
    "limit_memory",
    "load_extractor",
    "paint",
    "resume",
    "style_cost",
    "style_loss",
    "total_cost",
    "total_loss",
    "total_variation",
    "train",
    "transfer",
]

_LAZY = ("TrainResult", "resume", "train")


def __getattr__(name: str) -> typing.Any:
    """Training needs Lightning, which takes a second to import: only when it is asked for."""
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .fast import train as fast_training

    return getattr(fast_training, name)
