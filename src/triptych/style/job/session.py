"""A job opened: its images read, its network loaded, the optimizer ready to begin."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float32, UInt8

from ...frame.errors import ImageError, RunError
from ...frame.progress import ProgressCallback, no_progress
from ...frame.storage import images, run_folder
from ...frame.storage.files import os_error_reason
from ..imaging.colors import postprocess, preprocess
from ..imaging.conversions import to_tensor, to_uint8
from ..imaging.masks import MaskArray, check_and_resize_mask, feather, masks_to_regions, read_mask
from ..imaging.scales import resize
from ..imaging.transparency import Content, PaintedPixels, read_content
from ..objectives.build import build_method
from ..objectives.feature_objective import FeatureMethod
from ..objectives.objective import ObjectiveFactory
from ..optimization.memory import MemoryLimited, check_fits, limit_memory
from ..optimization.style_optimizer import StyleOptimizer
from .job import TransferJob

Pixels = UInt8[np.ndarray, "height width 3"]
MaskReader = Callable[[str, np.ndarray], np.ndarray]
"""Reads the mask of this name, 0 … 1, for a content's pixels."""


class JobSession:
    """A job and its optimizer; `image` is what it has painted so far, in the colors that were
    chosen.

    Parameters:
        job: what is painted.
        content: the content in color, and its alpha.
        optimizer: does the steps.
    """

    def __init__(self, job: TransferJob, content: Content, optimizer: StyleOptimizer):
        self.job, self.content, self.optimizer = job, content, optimizer
        self.content_tensor = to_tensor(content.pixels)

    @property
    def image(self) -> PaintedPixels:
        """The best image so far, RGB uint8; RGBA where the content is transparent."""
        painted = self.optimizer.image.cpu()
        whole = resize(self.content_tensor, *painted.shape[2:])
        return self.content.with_alpha(to_uint8(postprocess(painted, whole, self.job.colors)))

    def facts(self) -> dict[str, Any]:
        """What the image depends on beside the job: checksums of the files, the method, and the
        steps at each scale.
        """
        files = {name: checksum(path) for name, path in self.job.input_files.items()}
        steps = [scale.steps for scale in self.optimizer.scales]
        return {"sha256": files, "method": method_facts(self.optimizer.method), "steps": steps}


def open_session(
    job: TransferJob,
    *,
    method: ObjectiveFactory | None = None,
    mask_reader: MaskReader | None = None,
    progress: ProgressCallback = no_progress,
) -> JobSession:
    """Read the images and load the network, unless it is given.

    Parameters:
        job: what is painted.
        method: by which; None: the one the job names.
        mask_reader: reads a mask by its name; None: image files only.
        progress: told how far a download is.

    Raises ImageError, ConfigError, UnknownNameError, and what `build_method` raises.
    """
    content = read_content(job.content, job.content)
    styles = [to_tensor(images.read(path)) for path in job.styles]
    start = None if job.start is None else to_tensor(read_content(job.start).pixels)
    prepared_content, prepared_styles, prepared_start = preprocess(
        to_tensor(content.pixels), styles, start, job.colors
    )
    optimizer = StyleOptimizer(
        *(
            prepared_content,
            prepared_styles,
            method or build_job_method(job, progress),
            job.settings,
        ),
        regions=job_regions(job, content, mask_reader or _read_mask_file),
        start=prepared_start,
    )
    check_fits(optimizer)
    return JobSession(job, content, optimizer)


def build_job_method(
    job: TransferJob, progress: ProgressCallback = no_progress
) -> ObjectiveFactory:
    """The method that a job names.

    Parameters:
        job: whose features, options, device and memory count.
        progress: told how far a download is.

    Raises UnknownNameError for a layer its network does not have, and what `build_method` raises.
    """
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


def job_regions(
    job: TransferJob, content: Content, mask_reader: MaskReader
) -> Float32[torch.Tensor, "styles height width"] | None:
    """How much each style covers of each pixel of the content; None where there are no masks and
    the content is opaque.

    Parameters:
        job: whose masks are read.
        content: the image, whose clear part is not painted.
        mask_reader: reads a mask by its name.
    """
    pixels, styles, regions = content.pixels, len(job.styles), None
    like = pixels.shape[0], pixels.shape[1]
    if job.masks:
        masks = [
            feather(check_and_resize_mask(mask_reader(name, pixels), like, name), job.soft)
            for name in job.masks
        ]
        regions = masks_to_regions(masks, styles).astype(np.float32)
    regions = content.restrict(regions, styles)
    return None if regions is None else torch.from_numpy(regions)


def _read_mask_file(name: str, content: Pixels) -> MaskArray:
    return read_mask(name)


def method_facts(method: ObjectiveFactory) -> dict[str, Any]:
    """What a method is, in values that JSON can hold."""
    if isinstance(method, MemoryLimited):
        return {**method_facts(method.method), "memory": method.memory}
    if not isinstance(method, FeatureMethod):
        values = {name: value for name, value in vars(method).items() if _is_plain(value)}
        return {"features": method.name, **values}
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
    """Warnings before a recorded transfer is resumed: that its result will differ.

    Parameters:
        session: the job, opened again.
        recorded: its run.json.

    Raises RunError where an input file is no longer the one it was begun with.
    """
    for name, path in session.job.input_files.items():
        if recorded["sha256"].get(name) != checksum(path):
            raise RunError(
                f"{path} has changed since the run was begun, or run.json has lost its sha256, so "
                "it cannot go on to the same picture. Put the old file back, or begin anew."
            )
    notes: list[str] = []
    if recorded.get("method") != method_facts(session.optimizer.method):
        notes.append(
            "The network computes otherwise than when the run was begun: a picture painted "
            "without a stop would differ."
        )
    before, now = recorded.get("threads"), run_folder.cpu_threads()
    if before is not None and before != now:
        notes.append(
            f"The run was begun with {before} CPU threads and goes on with {now}: sums are rounded "
            "in another order, so a picture painted without a stop would differ. For the same, set "
            f"OMP_NUM_THREADS={before}."
        )
    return notes


def _is_plain(value: Any) -> bool:
    return isinstance(value, (int, float, str, bool))
