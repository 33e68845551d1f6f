"""Style: paint one picture in another's hand."""

import typing

from .fast.apply import FastPainter as FastPainter
from .fast.apply import apply as apply
from .losses.gatys import content_cost as content_cost
from .losses.gatys import gram_matrix as gram_matrix
from .losses.gatys import layer_style_cost as layer_style_cost
from .losses.gatys import style_cost as style_cost
from .losses.gatys import total_cost as total_cost
from .losses.gatys import total_variation as total_variation
from .networks._build import open_network as open_network
from .networks._extractor import Network as Network
from .objectives.build import open_method as open_method
from .objectives.feature_objective import ByFeatures as ByFeatures
from .objectives.objective import Judgement as Judgement
from .objectives.objective import Method as Method
from .objectives.objective import Objective as Objective
from .objectives.objective import Scene as Scene
from .optimization.config import Settings as Settings
from .optimization.memory import budgeted as budgeted
from .optimization.style_optimizer import Painter as Painter
from .optimization.transfer import Painted as Painted
from .optimization.transfer import paint as paint

if typing.TYPE_CHECKING:
    from .fast.train import Trained as Trained
    from .fast.train import resume as resume
    from .fast.train import train as train


def __getattr__(name: str) -> typing.Any:
    """Training needs Lightning, which takes a second to import: only when it is asked for."""
    if name not in ("Trained", "resume", "train"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .fast import train as fast_training

    return getattr(fast_training, name)
