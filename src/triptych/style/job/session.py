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
from ..imaging.colors import postprocess, preprocess
from ..imaging.conversions import to_tensor, to_uint8
from ..imaging.masks import check_and_resize_mask, feather, masks_to_regions
from ..imaging.scales import resize
from ..networks._extractor import Image
from ..objectives.build import build_method
from ..objectives.feature_objective import FeatureMethod
from ..objectives.objective import ObjectiveFactory
from ..optimization.memory import MemoryLimited, check_fits, limit_memory
from ..optimization.style_optimizer import StyleOptimizer
from .job import TransferJob

Pixels = UInt8[np.ndarray, "height width 3"]
MaskArray = Float[np.ndarray, "rows columns"]
MaskReader = Callable[[str, np.ndarray], np.ndarray]
"""Reads the mask of this name, 0 … 1, for a content's pixels."""

CHUNK = 2**20


class JobSession:
    """A painter at work on a commission; `picture` is what it has painted so far, in the colours
    asked for."""

    def __init__(self, job: TransferJob, content: Image, painter: StyleOptimizer):
        self.job, self.content, self.painter = job, content, painter

    @property
    def picture(self) -> Pixels:
        painted = self.painter.picture.cpu()
        whole = resize(self.content, *painted.shape[2:])
        return to_uint8(postprocess(painted, whole, self.job.colours))

    def facts(self) -> dict[str, Any]:
        """What the picture depends on beside the commission: the bytes of the files, how it is
        judged, and the steps at each scale."""
        files = {name: checksum(path) for name, path in self.job.input_files.items()}
        steps = [scale.steps for scale in self.painter.scales]
        return {"sha256": files, "method": method_facts(self.painter.method), "steps": steps}


def open_session(
    job: TransferJob,
    *,
    method: ObjectiveFactory | None = None,
    read: MaskReader | None = None,
    progress: ProgressCallback = no_progress,
) -> JobSession:
    """Read the pictures and open the network, unless it is handed in; `read` reads the masks.

    Raises ImageError, ConfigError, UnknownNameError, and what `open_method` raises."""
    pixels = images.read(job.content)
    content = to_tensor(pixels)
    styles = [to_tensor(images.read(path)) for path in job.styles]
    start = None if job.start is None else to_tensor(images.read(job.start))
    seen, hands, begun = preprocess(content, styles, start, job.colours)
    painter = StyleOptimizer(
        *(seen, hands, method or build_job_method(job, progress), job.settings),
        regions=regions(job, pixels, read or read_mask),
        start=begun,
    )
    check_fits(painter)
    return JobSession(job, content, painter)


def build_job_method(
    job: TransferJob, progress: ProgressCallback = no_progress
) -> ObjectiveFactory:
    """The way to judge that a commission asks for. Raises UnknownNameError for a layer its network
    does not have, and what `open_method` raises."""
    method = build_method(
        job.features,
        device=job.device,
        seed=job.settings.seed,
        progress=progress,
        **job.options,
    )
    if job.max_memory is None:
        return method
    return limit_memory(method, job.max_memory)


def regions(
    job: TransferJob, content: Pixels, read: MaskReader
) -> Float32[torch.Tensor, "styles height width"] | None:
    """How much each style holds at each pixel of the content; None where there are no masks."""
    if not job.masks:
        return None
    like = content.shape[0], content.shape[1]
    masks = [
        feather(check_and_resize_mask(read(name, content), like, name), job.soft)
        for name in job.masks
    ]
    return torch.from_numpy(masks_to_regions(masks, len(job.styles)).astype(np.float32))


def read_mask(name: str, content: Pixels) -> MaskArray:
    """The mask in a picture file: its opacity where it is a cut-out, else how bright it is. Raises
    ConfigError for a cut-out of nothing."""
    opacity = images.read(name, channels=4)[..., 3]
    if opacity.min() == 255:
        return images.read(name, channels=1)[..., 0] / np.float32(255)
    if opacity.max() < 128:
        raise ConfigError(f"{name} is empty: nowhere is it opaque. Opaque is where to paint.")
    return opacity / np.float32(255)


def method_facts(method: ObjectiveFactory) -> dict[str, Any]:
    """What a method is, in values to be recorded."""
    if isinstance(method, MemoryLimited):
        return {**method_facts(method.method), "memory": method.memory}
    if not isinstance(method, FeatureMethod):
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
        "content_layer": method.resolved_content_layer,
        "layers": method.resolved_style_layers,
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


def check_resumable(session: JobSession, recorded: Mapping[str, Any]) -> Sequence[str]:
    """What should be said before going on with a recorded painting: that it will differ.

    Raises RunError where a picture is no longer the one it was begun with."""
    for name, path in session.job.input_files.items():
        if recorded["sha256"].get(name) != checksum(path):
            raise RunError(
                f"{path} has changed since the run was begun, or run.json has lost its sha256, so "
                "it cannot go on to the same picture. Put the old file back, or begin anew."
            )
    if recorded.get("method") != method_facts(session.painter.method):
        return (
            "The network computes otherwise than when the run was begun: a picture painted "
            "without a stop would differ.",
        )
    return ()


def _plain(value: Any) -> bool:
    return isinstance(value, (int, float, str, bool))
