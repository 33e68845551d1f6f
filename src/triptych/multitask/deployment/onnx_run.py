"""An exported ONNX file run by onnxruntime, as it is compared with its model."""

from collections.abc import Mapping

import numpy as np

from ...frame.dependencies import requires
from ...frame.errors import DataError
from ...frame.onnx_session import open_session
from ..answers.kinds import INPUT
from .agreement import Run


class ExportError(DataError):
    """An exported file that does not answer as its model does; it is not written."""


def onnx_run(content: bytes) -> Run:
    """Answers by an ONNX file, by the names of its outputs.

    Parameters:
        content: of the file.

    Raises MissingDependencyError without onnxruntime, ExportError for what it cannot open.
    """
    with requires("Exporting", "onnxruntime", "triptych[onnx]"):
        session = open_session(content, lambda why: ExportError(f"The file is none: {why}."))
    names = [one.name for one in session.get_outputs()]

    def answers(images: np.ndarray) -> Mapping[str, np.ndarray]:
        return dict(zip(names, session.run(names, {INPUT: images})))

    return answers
