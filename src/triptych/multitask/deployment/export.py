"""Write a run's model as a file for other programs, checked before it is there."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from ...frame.progress import ProgressLike, showing
from ...frame.storage.file_group import write_group
from ..data.dataset import Dataset, Split
from ..data.source import Source
from ..engine.finished_run import open_run
from ..engine.metric_suite import MetricSuite
from ..model.multitask_model import MultitaskModel
from .agreement import (
    MOST_IMAGES,
    Agreement,
    compare,
    exported_images,
    to_pixels,
)
from .exported_model import ExportedModel
from .formats import PRECISIONS, format_of
from .onnx_run import ExportError

CALIBRATION_BATCH, CALIBRATION_BATCHES = 16, 16  # 256 images: more change no range by much


@dataclass(frozen=True)
class ExportResult:
    """A file that was written.

    Parameters:
        path: of the file.
        bytes: its size, with that of the files that belong to it.
        agreement: with its model.
    """

    path: Path
    bytes: int
    agreement: Agreement

    def to_dict(self) -> dict[str, Any]:
        """Its values by name, ready for JSON."""
        return {"path": str(self.path), "bytes": self.bytes, **self.agreement.to_dict()}


def export(
    run: str | Path,
    to: str | Path,
    *,
    source: str | Path | Source | None = None,
    split: Split = "test",
    images: int = MOST_IMAGES,
    precision: str = PRECISIONS[0],
    progress: ProgressLike = None,
) -> ExportResult:
    """Write a run's model for other programs: uint8 images in, every head's answer in their pixels
    out.

    Preparation of the images and the way back are part of the graph, and so is non-maximum
    suppression. Before it is written the file is compared with the model on images of the run's
    dataset. Of a run that reads writing, canvases go in (`DatasetInfo.input`).

    Parameters:
        run: folder of a finished run.
        to: the file to write; its ending says what is written (`formats.FORMATS`).
        source: where the run's pictures are now, if they moved.
        split: whose images it is compared on.
        images: how many, about.
        precision: one of `PRECISIONS`: "int8" quantizes the convolutions, by validation images;
            "fp16" keeps the backbone in float16. Then each head's main metric is held to a
            tolerance, not every number.
        progress: a callback, or a bar where True.

    Raises RunError, ConfigError for another ending or a head that cannot be exported,
    MissingDependencyError, WriteError, and ExportError where both differ.
    """
    target, folder = Path(to), Path(run)
    form = format_of(target, precision)
    if form.require:
        form.require()
    with showing(progress) as listener:
        done = open_run(folder, source=source, device="cpu", progress=listener)
        model, data = done.model, done.data
        exported = ExportedModel(model, half=precision == "fp16").eval()
        facts = {"run": folder.resolve().name, "precision": precision}
        files = form.make(exported, facts, _calibration(model, data, precision))
        said = compare(model, exported.kinds, form.run(files), data, split, images)
    said.tolerance = form.tolerance
    if precision != "float32":
        said.main = tuple(MetricSuite(model).primary)
    if breaches := said.breaches():
        raise ExportError(
            f"The file does not answer as {folder} does, so it was not written: "
            f"{'; '.join(breaches)}."
        )
    if form.finish:
        files = form.finish(files, said)
    write_group(target, files)
    return ExportResult(target, sum(map(len, files.values())), said)


def _calibration(
    model: MultitaskModel, data: Dataset, precision: str
) -> Iterator[np.ndarray] | None:
    """Batches of validation images by which a file is quantized."""
    if precision != "int8":
        return None
    batches = data.batches("validation", CALIBRATION_BATCH)
    return (
        exported_images(model, to_pixels(batch)) for batch in islice(batches, CALIBRATION_BATCHES)
    )
