"""Run the command line and exit: nothing heavy is imported before a command is called."""

import errno
import gc
import os
import sys
import warnings
from collections.abc import Sequence
from typing import Any, NoReturn

from ..frame.storage.files import os_error_reason
from .console import log
from .signals import STOPPED, StoppedError, interruptible

BROKEN_PIPE = 1  # exit status where nobody reads stdout any more, as typer's
UNWRITABLE = (errno.EPIPE, errno.ENOSPC, errno.EIO)  # stdout is closed, full or broken
COLLECT_AFTER = 10_000  # objects: libraries make many as they load, and none of them is garbage
OUT_OF_MEMORY = (
    "There is not enough memory. Take smaller pictures or batches; `style paint` can do with less "
    "by --max-memory."
)


def main() -> None:
    """Run the command line and exit: 0 done, 1 our fault, 2 the user's slip, 130 Ctrl-C."""
    sys.stdout.reconfigure(errors="backslashreplace")  # pyright: ignore  # names of any bytes
    _tell_notices()
    gc.set_threshold(COLLECT_AFTER)
    try:
        with interruptible():
            status = _invoke([expand_user(word) for word in sys.argv[1:]])
        sys.stdout.flush()
    except KeyboardInterrupt:
        status = STOPPED
    except OSError as error:
        if error.errno not in UNWRITABLE or error.filename is not None:
            raise
        # else Python tries to write the rest as it ends, and complains
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            _exit(BROKEN_PIPE, "")
        _exit(2, f"Cannot write the answer: {os_error_reason(error)}.")
    _exit(status or 0, "stopped." if status == STOPPED else "")


def _tell_notices() -> None:
    """Print what triptych warns of in one line, as errors are; other warnings as Python does."""
    as_usual = warnings.showwarning

    def show(message: Warning | str, category: type[Warning], *place: Any) -> None:
        if category.__module__.startswith("triptych."):
            log(f"triptych: {message}")
        else:
            as_usual(message, category, *place)

    warnings.showwarning = show


def expand_user(word: str) -> str:
    """A word of the command line with ~ expanded, also after `--option=`, where shells do not."""
    flag, equals, value = word.partition("=") if word.startswith("--") else ("", "", word)
    return flag + equals + os.path.expanduser(value)  # noqa: PTH111  # leaves unknown users as is


def _invoke(words: Sequence[str]) -> int | None:
    """Run a command and return its exit status; a user's error is printed and exited with."""
    from typer import TyperException

    from ..frame.errors import TriptychError
    from .app import app
    from .slips import format_slip

    try:
        # not standalone: typer would catch the errors and print them in a frame
        return app(list(words), prog_name="triptych", standalone_mode=False)
    except TriptychError as error:
        _exit(2, str(error))
    except StoppedError as stop:
        _exit(STOPPED, f"stopped. {stop}")
    except TyperException as error:
        _exit(2, format_slip(error))
    except (MemoryError, RuntimeError) as error:
        if not _is_out_of_memory(error):
            raise
        _exit(2, OUT_OF_MEMORY)


def _is_out_of_memory(error: Exception) -> bool:
    """PyTorch has a class of its own for a GPU's memory; on a CPU only its message tells."""
    kind = type(error).__name__
    return kind in ("MemoryError", "OutOfMemoryError") or "can't allocate memory" in str(error)


def _exit(status: int, message: str) -> NoReturn:
    if message:
        log(f"triptych: {message}")
    sys.exit(status)
