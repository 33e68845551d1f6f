"""Write a run's model as a file for other programs, checked before it is there."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ...frame.dependencies import requires
from ...frame.errors import ConfigError, DataError
from ...frame.onnx_session import open_session
from ...frame.progress import ProgressLike, showing
from ...frame.storage import run_folder
from ...frame.storage.files import write_bytes
from ..data.dataset import Split
from ..data.source import Source
from ..engine.task import TaskConfig, open_task
from ..inference.answer_kinds import INPUT
from ..model.multitask_model import MultitaskModel
from .agreement import MOST_IMAGES, Agreement, Run, compare
from .exported_model import ExportedModel
from .onnx_graph import to_onnx

ENDING = ".onnx"


class ExportError(DataError):
    """An exported file that does not answer as its model does; it is not written."""


@dataclass(frozen=True)
class ExportResult:
    """A file that was written.

    Parameters:
        path: of the file.
        bytes: its size.
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
    progress: ProgressLike = None,
) -> ExportResult:
    """Write a run's model as ONNX: uint8 images in, every head's answer in their pixels out.

    Preparation of the images and the way back are part of the graph, and so is non-maximum
    suppression. Before it is written the file is compared with the model on images of the run's
    dataset. Of a run that reads writing, canvases go in (`DatasetInfo.input`).

    Parameters:
        run: folder of a finished run.
        to: the .onnx file to write.
        source: where the run's pictures are now, if they moved.
        split: whose images it is compared on.
        images: how many, about.
        progress: a callback, or a bar where True.

    Raises RunError, ConfigError for another ending or a head that cannot be exported,
    MissingDependencyError, WriteError, and ExportError where both differ.
    """
    target, folder = Path(to), Path(run)
    if target.suffix.lower() != ENDING:
        raise ConfigError(f"Expected a file that ends in {ENDING}, got {target}.")
    with run_folder.reading_record(folder) as record:
        task, seed = TaskConfig.from_dict(record["plan"]), record["settings"]["seed"]
    model = MultitaskModel.load(folder)
    with showing(progress) as listener:
        data, _ = open_task(folder, task, source=source, seed=seed, device="cpu", progress=listener)
        exported = ExportedModel(model).eval()
        facts = {"run": folder.resolve().name, "precision": "float32"}
        content = to_onnx(exported, facts)
        said = compare(model, exported.kinds, onnx_run(content), data, split, images)
    if breaches := said.breaches():
        raise ExportError(
            f"The file does not answer as {folder} does, so it was not written: "
            f"{'; '.join(breaches)}."
        )
    write_bytes(target, content)
    return ExportResult(target, len(content), said)


def onnx_run(content: bytes) -> Run:
    """Answers by an ONNX file, by the names of its outputs.

    Parameters:
        content: of the file.

    Raises MissingDependencyError without onnxruntime.
    """
    with requires("Exporting", "onnxruntime", "triptych[onnx]"):
        session = open_session(content, lambda why: ExportError(f"The file is none: {why}."))
    names = [one.name for one in session.get_outputs()]

    def answers(images: np.ndarray) -> Mapping[str, np.ndarray]:
        return dict(zip(names, session.run(names, {INPUT: images})))

    return answers
