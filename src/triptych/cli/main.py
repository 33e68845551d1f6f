"""The command line: parse, call, print. Nothing heavy is imported before a verb is called."""

import errno
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from .console import note
from .signals import STOPPED, heeding

UNREAD = 1  # as typer leaves where nobody reads on
CLOSED = (errno.EPIPE, errno.ENOSPC, errno.EIO)  # what stdout says where it cannot be written to
EXHAUSTED = (
    "There is not enough memory. Take smaller pictures or batches; `style paint` can do with less "
    "by --max-memory."
)


def main() -> None:
    """Run the command line; exit 0 done, 1 our fault, 2 the user's slip, 130 stopped by hand."""
    sys.stdout.reconfigure(errors="backslashreplace")  # pyright: ignore  # a name may be of any letters
    try:
        with heeding():
            status = _done([homed(word) for word in sys.argv[1:]])
        sys.stdout.flush()
    except KeyboardInterrupt:
        status = STOPPED
    except OSError as error:
        if error.errno not in CLOSED or error.filename is not None:
            raise
        # else Python tries to write the rest as it ends, and complains
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        gone = isinstance(error, BrokenPipeError)
        _leave(UNREAD if gone else 2, "" if gone else f"Cannot write the answer: {error.strerror}.")
    _leave(status or 0, "stopped." if status == STOPPED else "")


def homed(word: str) -> str:
    """A word typed, with ~ as what it means where a path begins: shells see to that, but not after
    an equals sign."""
    flag, mark, value = word.partition("=") if word.startswith("--") else ("", "", word)
    return flag + mark + os.path.expanduser(value)  # noqa: PTH111  # which leaves unknown users be


def _done(words: Sequence[str]) -> int | None:
    """Do what is asked, and give its exit status; a slip is told and left with."""
    from typer import TyperException

    from ..frame.errors import TriptychError
    from .app import app

    try:
        # not standalone, which hands errors on, where typer would frame them
        return app(list(words), standalone_mode=False)
    except TriptychError as error:
        _leave(2, str(error))
    except TyperException as error:
        _leave(2, _told(error))
    except (MemoryError, RuntimeError) as error:
        if not _exhausted(error):
            raise
        _leave(2, EXHAUSTED)


def _exhausted(error: Exception) -> bool:
    """Whether memory ran out: PyTorch has an error of its own for that on a GPU, and on a CPU
    tells it by its words alone."""
    kind = type(error).__name__
    return kind in ("MemoryError", "OutOfMemoryError") or "can't allocate memory" in str(error)


def _leave(status: int, words: str) -> NoReturn:
    if words:
        note(f"triptych: {words}")
    sys.exit(status)


def _told(error: Exception) -> str:
    """A slip in the words typed, and where to read how it is done; empty where help was shown."""
    words = " ".join(str(getattr(error, "format_message", error.__str__)()).split())
    context = getattr(error, "ctx", None)
    if not words or context is None:
        return words
    mark = "" if words.endswith(("?", ".")) else "."
    return f"{words}{mark} See {context.command_path} --help."
