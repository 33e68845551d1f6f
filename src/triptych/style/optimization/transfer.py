"""Transfer styles to an image, from first to last."""

import inspect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float32

from ...frame.errors import ConfigError
from ...frame.progress import ProgressCallback, ProgressEvent, no_progress
from ...frame.registry import unknown_name_error
from ...frame.storage.images import ImageLike, as_image
from ..config import AUTO, ColorMode
from ..imaging.colors import postprocess, preprocess
from ..imaging.conversions import as_list, to_tensor, to_uint8
from ..imaging.masks import feather, load_mask, masks_to_regions
from ..imaging.scales import resize
from ..imaging.transparency import PaintedPixels, read_content
from ..objectives.build import build_method
from ..objectives.objective import ObjectiveFactory
from .config import FORMER_NAMES, NAMES
from .config import StepLog as StepLog
from .config import TransferConfig as TransferConfig
from .memory import check_fits
from .style_optimizer import StyleOptimizer as StyleOptimizer

Regions = Float32[np.ndarray, "styles rows columns"]


@dataclass(frozen=True, eq=False)
class TransferResult:
    """A finished painting.

    Parameters:
        image: uint8, (height, width, 3): RGB; of a content with transparency RGBA, with its alpha.
        settings: it was painted with.
        history: a row a step.
        seconds: of all steps.
    """

    image: PaintedPixels
    settings: TransferConfig
    history: tuple[StepLog, ...]
    seconds: float


def transfer(
    content: ImageLike,
    styles: ImageLike | Sequence[ImageLike],
    *,
    method: ObjectiveFactory | str = AUTO,
    settings: TransferConfig | None = None,
    masks: ImageLike | Sequence[ImageLike] = (),
    soft: float | None = None,
    regions: Regions | None = None,
    start: ImageLike | None = None,
    colors: ColorMode = "style",
    progress: ProgressCallback = no_progress,
    **changes: Any,
) -> TransferResult:
    """Paint the content in one style or several, on the method's device.

    An image is a path, a file's bytes, a PIL image, or an array or tensor of RGB (not BGR), as
    `frame.storage.images.as_image` takes it. Where the content is clear nothing is painted, and the
    result has its alpha; a style is laid on white.

    Parameters:
        content: the image to be painted.
        styles: the image to paint like, or several.
        method: by which images are compared, from `build_method`, or the `features` of one.
        settings: size, strength, steps and so on.
        masks: where to paint, white there: one image, or one for each style.
        soft: pixels over which a mask's edge is blended; None is 1/64 of the longer side.
        regions: instead of masks, how much each style covers of each pixel of the content, 0 … 1.
        start: the image to begin from, with init="image".
        colors: "style", "match" (the content's palette) or "luminance" (the content's colors).
        progress: told of each step.
        changes: fields of `TransferConfig` by name, which stand above `settings`: `size`,
            `strength`, or `content_weight` and `style_weight` as in Gatys et al. 2015 …

    Raises ConfigError, ImageError, and UnknownNameError for a setting there is none of.
    """
    _check_names(changes)
    if "colours" in changes:
        colors = changes.pop("colours")
    config = (settings or TransferConfig()).with_changes(changes)
    original = read_content(content, "the content")
    content_tensor = to_tensor(original.pixels)
    style_tensors = [to_tensor(as_image(style, name="a style")) for style in as_list(styles)]
    first = None if start is None else to_tensor(read_content(start, "the start").pixels)
    prepared_content, prepared_styles, prepared_start = preprocess(
        content_tensor, style_tensors, first, colors
    )
    size = original.pixels.shape[0], original.pixels.shape[1]
    regions = _regions(as_list(masks), soft, size, len(style_tensors), regions)
    regions = original.restrict(regions, len(style_tensors))
    optimizer = StyleOptimizer(
        prepared_content,
        prepared_styles,
        _build(method, config, progress),
        config,
        regions=None if regions is None else torch.from_numpy(regions),
        start=prepared_start,
    )
    check_fits(optimizer)
    for done, row in enumerate(optimizer, 1):
        metrics = {"total": row.total, **row.parts}
        progress(ProgressEvent("paint", done, optimizer.total_steps, metrics))
    image = optimizer.image.cpu()
    image = postprocess(image, resize(content_tensor, *image.shape[2:]), colors)
    painted = original.with_alpha(to_uint8(image))
    return TransferResult(painted, config, tuple(optimizer.history), optimizer.seconds)


def _check_names(changes: Iterable[str]) -> None:
    """Raise UnknownNameError for a keyword there is none of, with the nearest."""
    own = [name for name in inspect.signature(transfer).parameters if name != "changes"]
    for name in changes:
        if name not in (*NAMES, *FORMER_NAMES, "colours"):
            raise unknown_name_error(name, (*NAMES, *own), "setting of painting")


def _build(
    method: ObjectiveFactory | str, config: TransferConfig, progress: ProgressCallback
) -> ObjectiveFactory:
    if isinstance(method, str):
        return build_method(method, seed=config.seed, progress=progress)
    return method


def _regions(
    masks: Sequence[ImageLike],
    soft: float | None,
    size: tuple[int, int],
    styles: int,
    regions: Regions | None,
) -> Regions | None:
    """The regions of the styles, from masks where they are given."""
    if not masks:
        return regions
    if regions is not None:
        raise ConfigError("Expected masks or regions, got both. Leave out one of them.")
    softened = [
        feather(load_mask(mask, size, f"mask {number}"), soft)
        for number, mask in enumerate(masks, 1)
    ]
    return masks_to_regions(softened, styles).astype(np.float32)
