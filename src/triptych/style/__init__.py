"""Style: paint one image in the style of another."""

from typing import TYPE_CHECKING

from ..frame import lazy

if TYPE_CHECKING:
    from .fast.apply import FastStyler, apply, load
    from .fast.train import TrainResult, resume, train
    from .losses.gatys import (
        content_loss,
        gram_loss,
        gram_matrix,
        layer_style_loss,
        style_loss,
        total_loss,
        total_variation,
    )
    from .losses.gatys import content_loss as content_cost
    from .losses.gatys import gram_loss as gram_cost
    from .losses.gatys import layer_style_loss as layer_style_cost
    from .losses.gatys import style_loss as style_cost
    from .losses.gatys import total_loss as total_cost
    from .networks._build import load_extractor
    from .networks._extractor import FeatureExtractor
    from .objectives.build import build_method
    from .objectives.feature_objective import FeatureMethod
    from .objectives.objective import LossAndGradient, Objective, ObjectiveFactory, ScaleInputs
    from .optimization.config import StepLog, TransferConfig
    from .optimization.memory import limit_memory
    from .optimization.style_optimizer import StyleOptimizer
    from .optimization.transfer import TransferResult, transfer
    from .optimization.transfer import transfer as paint

__getattr__, __dir__ = lazy.exports(__name__, __file__)

__all__ = [
    "FastStyler",
    "FeatureExtractor",
    "FeatureMethod",
    "LossAndGradient",
    "Objective",
    "ObjectiveFactory",
    "ScaleInputs",
    "StepLog",
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
    "load",
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
