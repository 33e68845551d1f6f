"""What a model can be exported as: one kind of file for each ending, written and run."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ...frame.errors import ConfigError
from ...frame.registry import unknown_name_error
from .agreement import TOLERANCE, Agreement, Run
from .exported_model import ExportedModel
from .onnx_graph import to_onnx
from .onnx_run import onnx_card, onnx_run
from .openvino_ir import openvino, openvino_run, to_openvino
from .page.render import render_page
from .page.runtime import browser_runtime
from .torch_program import to_torch_program, torch_program_run

Facts = dict[str, Any]
Files = Mapping[str, bytes]
"""What is written, by its ending: some formats are several files beside each other."""
PRECISIONS = "float32", "int8", "fp16"
ROUGH = 5e-3  # OpenVINO computes in float32 what is float64 in the graph: circles around keypoints


@dataclass(frozen=True)
class FileFormat:
    """A kind of file.

    Parameters:
        make: its content from a model in evaluation mode, facts for its metadata, and batches of
            images by which convolutions are quantized (None where they are not).
        run: answers by that content, as whoever uses the file gets them.
        precisions: those of `PRECISIONS` that it can have.
        require: raises a TriptychError where something is missing that the format needs.
        finish: what is written in place of that content, once it was compared with its model.
        tolerance: of the differences from the model, as `Agreement` tells them.
    """

    make: Callable[[ExportedModel, Facts, Iterable[np.ndarray] | None], Files]
    run: Callable[[Files], Run]
    precisions: Sequence[str] = PRECISIONS
    require: Callable[[], object] | None = None
    finish: Callable[[Files, Agreement], Files] | None = None
    tolerance: float = TOLERANCE


def format_of(path: Path, precision: str) -> FileFormat:
    """The format of a file that is to be written.

    Parameters:
        path: of the file; its ending decides.
        precision: one of `PRECISIONS`.

    Raises ConfigError for an ending of none, and for a precision that the format cannot have.
    """
    ending = path.suffix.lower()
    if ending not in FORMATS:
        *most, last = FORMATS
        raise ConfigError(f"Expected a file that ends in {', '.join(most)} or {last}, got {path}.")
    if precision not in PRECISIONS:
        raise unknown_name_error(precision, PRECISIONS, "precision")
    if precision not in FORMATS[ending].precisions:
        can = " or ".join(FORMATS[ending].precisions)
        raise ConfigError(
            f"Expected the precision {can} for a {ending} file, got {precision}. Export an .onnx."
        )
    return FORMATS[ending]


def _make_onnx(model: ExportedModel, facts: Facts, images: Iterable[np.ndarray] | None) -> Files:
    return {".onnx": to_onnx(model, facts, images)}


def _run_onnx(files: Files) -> Run:
    return onnx_run(files[".onnx"])


def _make_program(model: ExportedModel, facts: Facts, images: object) -> Files:
    return {".pt2": to_torch_program(model, facts)}


def _run_program(files: Files) -> Run:
    return torch_program_run(files[".pt2"])


def _finish_page(files: Files, agreement: Agreement) -> Files:
    content = files[".onnx"]
    checked = {
        "images": agreement.images,
        "split": agreement.split,
        "metrics": agreement.exported,
    }
    card = {**onnx_card(content), "checked": checked}
    return {".html": render_page(content, card, browser_runtime())}


def _make_openvino(
    model: ExportedModel, facts: Facts, images: Iterable[np.ndarray] | None
) -> Files:
    content = to_onnx(model, facts, images)
    return to_openvino(content, onnx_card(content))


FORMATS: Mapping[str, FileFormat] = {
    ".onnx": FileFormat(_make_onnx, _run_onnx),
    ".pt2": FileFormat(_make_program, _run_program, ("float32", "fp16")),
    ".xml": FileFormat(_make_openvino, openvino_run, require=openvino, tolerance=ROUGH),
    ".html": FileFormat(_make_onnx, _run_onnx, require=browser_runtime, finish=_finish_page),
}
"""The formats by the ending of their file."""
