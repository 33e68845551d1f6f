"""Files that `triptych export` writes for others and that are not read here, told in one line."""

from collections.abc import Mapping
from pathlib import Path

from ...frame.errors import DataError

UNREAD: Mapping[str, str] = {
    ".pt2": "PyTorch reads it by unpickling, which runs whatever code the file holds",
    ".xml": "it is a network of OpenVINO, which runs it",
    ".html": "it is a page, which a browser opens",
}
"""Why, by the ending of the file."""


def check_readable(path: Path) -> None:
    """Raise DataError for a file that stands for a model and is none to be read here.

    Parameters:
        path: given as a run.
    """
    reason = UNREAD.get(path.suffix.lower())
    if reason and path.is_file():
        raise DataError(
            f"triptych does not read {path}: {reason}. Use the run's folder, or its .onnx file."
        )
