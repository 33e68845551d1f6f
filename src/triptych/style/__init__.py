"""Style: paint one picture in another's hand."""

import typing

from .fast.apply import FastStyler as FastStyler
from .fast.apply import apply as apply
from .losses.gatys import content_loss as content_loss
from .losses.gatys import gram_matrix as gram_matrix
from .losses.gatys import layer_style_loss as layer_style_loss
from .losses.gatys import style_cost as style_cost
from .losses.gatys import total_loss as total_loss
from .losses.gatys import total_variation as total_variation
from .networks._build import load_extractor as load_extractor
from .networks._extractor import FeatureExtractor as FeatureExtractor
from .objectives.build import build_method as build_method
from .objectives.feature_objective import FeatureMethod as FeatureMethod
from .objectives.objective import LossAndGradient as LossAndGradient
from .objectives.objective import Objective as Objective
from .objectives.objective import ObjectiveFactory as ObjectiveFactory
from .objectives.objective import ScaleInputs as ScaleInputs
from .optimization.config import TransferConfig as TransferConfig
from .optimization.memory import limit_memory as limit_memory
from .optimization.style_optimizer import StyleOptimizer as StyleOptimizer
from .optimization.transfer import TransferResult as TransferResult
from .optimization.transfer import transfer as transfer

if typing.TYPE_CHECKING:
    from .fast.train import TrainResult as TrainResult
    from .fast.train import resume as resume
    from .fast.train import train as train


def __getattr__(name: str) -> typing.Any:
    """Training needs Lightning, which takes a second to import: only when it is asked for."""
    if name not in ("Trained", "resume", "train"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .fast import train as fast_training

    return getattr(fast_training, name)
