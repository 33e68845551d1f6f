"""An exported ONNX file run by onnxruntime, as it is compared with its model."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from ...frame.dependencies import requires
from ...frame.errors import DataError
from ...frame.onnx_session import open_session
from ..answers.kinds import INPUT
from ..inference.model_card import METADATA
from .agreement import Run


class ExportError(DataError):
    """An exported file that does not answer as its model does; it is not written."""


def onnx_run(content: bytes) -> Run:
    """Answers by an ONNX file, by the names of its outputs.

    Parameters:
        content: of the file.

    Raises MissingDependencyError without onnxruntime, ExportError for what it cannot open.
    """
    session = _session(content)
    names = [one.name for one in session.get_outputs()]

    def answers(images: np.ndarray) -> Mapping[str, np.ndarray]:
        return dict(zip(names, session.run(names, {INPUT: images})))

    return answers


def onnx_card(content: bytes) -> dict[str, Any]:
    """What an ONNX file that was written here tells about itself.

    Parameters:
        content: of the file.

    Raises MissingDependencyError without onnxruntime, ExportError for what it cannot open.
    """
    return json.loads(_session(content).get_modelmeta().custom_metadata_map[METADATA])


def _session(content: bytes) -> Any:
    with requires("Exporting", "onnxruntime", "triptych[onnx]"):
        return open_session(content, lambda why: ExportError(f"The file is none: {why}."))
