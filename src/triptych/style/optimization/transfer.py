"""Painting a picture from first to last."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float32, UInt8

from ...frame.errors import ConfigError
from ...frame.progress import ProgressCallback, ProgressEvent, no_progress
from ..imaging.colors import Colours, prepared, restored
from ..imaging.scales import resized
from ..networks._extractor import Picture
from ..objectives.objective import Method
from .config import Row as Row
from .config import Settings as Settings
from .memory import check_memory
from .style_optimizer import Painter as Painter

Pixels = UInt8[np.ndarray, "height width 3"]


@dataclass(frozen=True, eq=False)
class Painted:
    """A finished picture, what it was painted by, and how it came about."""

    picture: Pixels
    settings: Settings
    history: tuple[Row, ...]
    seconds: float


def paint(
    content: Pixels,
    styles: Sequence[np.ndarray] | np.ndarray,
    *,
    method: Method,
    settings: Settings | None = None,
    regions: Float32[np.ndarray, "styles rows columns"] | None = None,
    start: np.ndarray | None = None,
    colours: Colours = "style",
    watch: ProgressCallback = no_progress,
    **changes: Any,
) -> Painted:
    """Paint the content in the hand of the styles, on the method's device.

    `changes` are settings by name, laid over `settings`. `regions` say how much each style holds,
    at the content's size; `start` is the image to begin from, with init="image". Raises
    ConfigError, and UnknownNameError for a setting there is none of."""
    chosen = (settings or Settings()).changed(changes)
    styles = [styles] if isinstance(styles, np.ndarray) else styles
    whole, first = picture_of(content), None if start is None else picture_of(start)
    seen, hands, begun = prepared(whole, [picture_of(style) for style in styles], first, colours)
    painter = Painter(
        *(seen, hands, method, chosen),
        regions=None if regions is None else torch.from_numpy(regions),
        start=begun,
    )
    check_memory(painter)
    for done, row in enumerate(painter, 1):
        watch(ProgressEvent("paint", done, painter.total, {"total": row.total, **row.parts}))
    picture = painter.picture.cpu()
    picture = restored(picture, resized(whole, *picture.shape[2:]), colours)
    return Painted(pixels_of(picture), chosen, tuple(painter.history), painter.seconds)


def picture_of(pixels: Pixels) -> Picture:
    """Pixels 0 … 255 as a picture 0 … 1."""
    if pixels.ndim != 3 or pixels.shape[2] != 3:
        raise ConfigError(f"Expected RGB pixels, got an array of {pixels.shape}. Read it as RGB.")
    return torch.from_numpy(pixels / np.float32(255)).permute(2, 0, 1)[None].contiguous()


def pixels_of(picture: Picture) -> Pixels:
    """A picture as pixels 0 … 255, clipped to that range."""
    return (picture[0].permute(1, 2, 0).clamp(0, 1) * 255).round().byte().cpu().numpy()
