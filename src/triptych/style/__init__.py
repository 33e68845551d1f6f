"""Style: paint one picture in another's hand."""

import typing

from .budget import budgeted as budgeted
from .costs import content_cost as content_cost
from .costs import gram_matrix as gram_matrix
from .costs import layer_style_cost as layer_style_cost
from .costs import style_cost as style_cost
from .costs import total_cost as total_cost
from .costs import total_variation as total_variation
from .fast_painting import FastPainter as FastPainter
from .fast_painting import apply as apply
from .features import ByFeatures as ByFeatures
from .methods import open_method as open_method
from .network import Network as Network
from .objective import Judgement as Judgement
from .objective import Method as Method
from .objective import Objective as Objective
from .objective import Scene as Scene
from .opening import open_network as open_network
from .painter import Painter as Painter
from .painting import Painted as Painted
from .painting import paint as paint
from .settings import Settings as Settings

if typing.TYPE_CHECKING:
    from .fast_training import Trained as Trained
    from .fast_training import resume as resume
    from .fast_training import train as train


def __getattr__(name: str) -> typing.Any:
    """Training needs Lightning, which takes a second to import: only when it is asked for."""
    if name not in ("Trained", "resume", "train"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import fast_training

    return getattr(fast_training, name)
