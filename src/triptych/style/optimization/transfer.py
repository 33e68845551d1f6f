"""Painting a picture from first to last."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float32

from ...frame.progress import ProgressCallback, ProgressEvent, no_progress
from ..imaging.colors import Colours, postprocess, preprocess
from ..imaging.conversions import Pixels, to_tensor, to_uint8
from ..imaging.scales import resize
from ..objectives.objective import ObjectiveFactory
from .config import StepLog as StepLog
from .config import TransferConfig as TransferConfig
from .memory import check_fits
from .style_optimizer import StyleOptimizer as StyleOptimizer


@dataclass(frozen=True, eq=False)
class TransferResult:
    """A finished picture, what it was painted by, and how it came about."""

    picture: Pixels
    settings: TransferConfig
    history: tuple[StepLog, ...]
    seconds: float


def transfer(
    content: Pixels,
    styles: Sequence[np.ndarray] | np.ndarray,
    *,
    method: ObjectiveFactory,
    settings: TransferConfig | None = None,
    regions: Float32[np.ndarray, "styles rows columns"] | None = None,
    start: np.ndarray | None = None,
    colours: Colours = "style",
    progress: ProgressCallback = no_progress,
    **changes: Any,
) -> TransferResult:
    """Paint the content in the hand of the styles, on the method's device.

    `changes` are settings by name, laid over `settings`. `regions` say how much each style holds,
    at the content's size; `start` is the image to begin from, with init="image". Raises
    ConfigError, and UnknownNameError for a setting there is none of."""
    chosen = (settings or TransferConfig()).with_changes(changes)
    several = [styles] if isinstance(styles, np.ndarray) else styles
    whole, first = to_tensor(content), None if start is None else to_tensor(start)
    inputs = [to_tensor(style) for style in several]
    seen, prepared, begun = preprocess(whole, inputs, first, colours)
    painter = StyleOptimizer(
        *(seen, prepared, method, chosen),
        regions=None if regions is None else torch.from_numpy(regions),
        start=begun,
    )
    check_fits(painter)
    for done, row in enumerate(painter, 1):
        progress(ProgressEvent("paint", done, painter.total, {"total": row.total, **row.parts}))
    picture = painter.picture.cpu()
    picture = postprocess(picture, resize(whole, *picture.shape[2:]), colours)
    return TransferResult(to_uint8(picture), chosen, tuple(painter.history), painter.seconds)
