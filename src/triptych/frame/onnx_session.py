"""Networks in ONNX files that are not trusted: read into memory, run by onnxruntime."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from .cores import available_cores
from .errors import DataError
from .storage.files import os_error_reason

PROCESSOR = "CPUExecutionProvider"
SPINNING = "session.intra_op.allow_spinning"
OUTSIDE = "session.model_external_initializers_file_folder_path"
MAX_BYTES = 2**31 - 1  # bytes: no ONNX file is larger
REASON = 160  # letters of what onnxruntime says

Refuse = Callable[[str], DataError]
"""The error for a file, by why it is none."""


def read_onnx(path: Path, what: str, refuse: Refuse) -> bytes:
    """The bytes of a file.

    Parameters:
        path: of the file.
        what: it is, in a word: "encoder".
        refuse: the error for what is no plain file, or too large.

    Raises DataError.
    """
    try:
        if path.exists() and not path.is_file():  # a pipe or a device would never end
            raise refuse("it is no plain file")
        if path.stat().st_size > MAX_BYTES:
            raise refuse("it is larger than 2 GB")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise DataError(
            f"Cannot read the {what} {path}: {os_error_reason(error)}. Check its path."
        ) from error


def open_session(content: bytes, refuse: Refuse) -> Any:
    """A session that reads no other file and uses the processors there are.

    Parameters:
        content: of an ONNX file.
        refuse: the error for what cannot be opened.

    Raises ImportError without onnxruntime, and what `refuse` gives.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4  # what goes wrong is raised, and told once
    # left alone onnxruntime would count, and bind to, processors of others
    options.intra_op_num_threads = available_cores()
    # threads that wait busily take the cores from whom they wait for, where others compute too
    options.add_session_config_entry(SPINNING, "0")
    with TemporaryDirectory() as nothing:  # where weights in other files are looked for, in vain
        options.add_session_config_entry(OUTSIDE, nothing)
        try:
            return onnxruntime.InferenceSession(
                content,
                options,
                providers=[PROCESSOR],
                enable_fallback=0,  # it would print to where answers go
            )
        except Exception as error:  # onnxruntime has a dozen kinds of its own
            raise refuse(f"it cannot be opened: {reason(error)}") from error


def reason(error: Exception) -> str:
    """What onnxruntime says, in one line and not its whole story.

    Parameters:
        error: that it raised.
    """
    return " ".join(str(error).split())[:REASON]
