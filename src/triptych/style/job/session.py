"""A commission opened: its pictures read, its network loaded, the painter ready to begin."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Float32, UInt8

from ...frame.errors import ConfigError, ImageError, RunError
from ...frame.progress import ProgressCallback, no_progress
from ...frame.storage import images
from ...frame.storage.files import os_error_reason
from ..imaging.colors import prepared, restored
from ..imaging.masks import mask_of, shared, softened
from ..imaging.scales import resized
from ..networks._extractor import Picture
from ..objectives.build import open_method
from ..objectives.feature_objective import ByFeatures
from ..objectives.objective import Method
from ..optimization.memory import Budgeted, budgeted, check_memory
from ..optimization.style_optimizer import Painter
from ..optimization.transfer import picture_of, pixels_of
from .job import Commission

Pixels = UInt8[np.ndarray, "height width 3"]
Shares = Float[np.ndarray, "rows columns"]
MaskReader = Callable[[str, np.ndarray], np.ndarray]
"""Reads the mask of this name, 0 … 1, for a content's pixels."""

CHUNK = 2**20


class Canvas:
    """A painter at work on a commission; `picture` is what it has painted so far, in the colours
    asked for."""

    def __init__(self, commission: Commission, content: Picture, painter: Painter):
        self.commission, self.content, self.painter = commission, content, painter

    @property
    def picture(self) -> Pixels:
        painted = self.painter.picture.cpu()
        whole = resized(self.content, *painted.shape[2:])
        return pixels_of(restored(painted, whole, self.commission.colours))

    def facts(self) -> dict[str, Any]:
        """What the picture depends on beside the commission: the bytes of the files, how it is
        judged, and the steps at each scale."""
        files = {name: checksum(path) for name, path in self.commission.pictures.items()}
        steps = [scale.steps for scale in self.painter.scales]
        return {"sha256": files, "method": judged(self.painter.method), "steps": steps}


def open_canvas(
    commission: Commission,
    *,
    method: Method | None = None,
    read: MaskReader | None = None,
    watch: ProgressCallback = no_progress,
) -> Canvas:
    """Read the pictures and open the network, unless it is handed in; `read` reads the masks.

    Raises ImageError, ConfigError, UnknownNameError, and what `open_method` raises."""
    pixels = images.read(commission.content)
    content = picture_of(pixels)
    styles = [picture_of(images.read(path)) for path in commission.styles]
    start = None if commission.start is None else picture_of(images.read(commission.start))
    seen, hands, begun = prepared(content, styles, start, commission.colours)
    painter = Painter(
        *(seen, hands, method or opened_method(commission, watch), commission.settings),
        regions=regions(commission, pixels, read or read_mask),
        start=begun,
    )
    check_memory(painter)
    return Canvas(commission, content, painter)


def opened_method(commission: Commission, watch: ProgressCallback = no_progress) -> Method:
    """The way to judge that a commission asks for. Raises UnknownNameError for a layer its network
    does not have, and what `open_method` raises."""
    method = open_method(
        commission.features,
        device=commission.device,
        seed=commission.settings.seed,
        watch=watch,
        **commission.options,
    )
    if commission.max_memory is None:
        return method
    return budgeted(method, commission.max_memory)


def regions(
    commission: Commission, content: Pixels, read: MaskReader
) -> Float32[torch.Tensor, "styles height width"] | None:
    """How much each style holds at each pixel of the content; None where there are no masks."""
    if not commission.masks:
        return None
    like = content.shape[0], content.shape[1]
    masks = [
        softened(mask_of(read(name, content), like, name), commission.soft)
        for name in commission.masks
    ]
    return torch.from_numpy(shared(masks, len(commission.styles)).astype(np.float32))


def read_mask(name: str, content: Pixels) -> Shares:
    """The mask in a picture file: its opacity where it is a cut-out, else how bright it is. Raises
    ConfigError for a cut-out of nothing."""
    opacity = images.read(name, channels=4)[..., 3]
    if opacity.min() == 255:
        return images.read(name, channels=1)[..., 0] / np.float32(255)
    if opacity.max() < 128:
        raise ConfigError(f"{name} is empty: nowhere is it opaque. Opaque is where to paint.")
    return opacity / np.float32(255)


def judged(method: Method) -> dict[str, Any]:
    """What a method is, in values to be recorded."""
    if isinstance(method, Budgeted):
        return {**judged(method.method), "memory": method.memory}
    if not isinstance(method, ByFeatures):
        told = {name: value for name, value in vars(method).items() if _plain(value)}
        return {"features": method.name, **told}
    backbone = getattr(method.network, "backbone", None)
    return {
        "features": method.network.name,
        "fingerprint": fingerprint(method.network.state_dict()),
        "pooling": getattr(backbone, "pooling", None),
        "statistics": method.statistics,
        "variation": method.variation,
        "octaves": method.octaves,
        "content_layer": method.content_at,
        "layers": method.style_at,
    }


def fingerprint(tensors: Mapping[str, torch.Tensor]) -> str:
    """The sha256 of a network's weights, as it computes with them."""
    whole = hashlib.sha256()
    for name, value in sorted(tensors.items()):
        whole.update(f"{name} {value.dtype} {tuple(value.shape)}".encode())
        whole.update(value.float().cpu().contiguous().numpy().tobytes())
    return whole.hexdigest()


def checksum(path: str | Path) -> str:
    """The sha256 of a file; of a run folder, that of its model. Raises ImageError."""
    place = Path(path)
    if place.is_dir():
        place /= "model.safetensors"
    try:
        with place.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ImageError(
            f"Cannot read {path}: {os_error_reason(error)}. Check its path."
        ) from error


def unchanged(canvas: Canvas, recorded: Mapping[str, Any]) -> Sequence[str]:
    """What should be said before going on with a recorded painting: that it will differ.

    Raises RunError where a picture is no longer the one it was begun with."""
    for name, path in canvas.commission.pictures.items():
        if recorded["sha256"].get(name) != checksum(path):
            raise RunError(
                f"{path} has changed since the run was begun, or run.json has lost its sha256, so "
                "it cannot go on to the same picture. Put the old file back, or begin anew."
            )
    if recorded.get("method") != judged(canvas.painter.method):
        return (
            "The network computes otherwise than when the run was begun: a picture painted "
            "without a stop would differ.",
        )
    return ()


def _plain(value: Any) -> bool:
    return isinstance(value, (int, float, str, bool))
