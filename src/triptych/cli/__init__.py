"""The command line: parse, call, print. Nothing heavy is imported before a verb is called."""

import sys
from typing import NoReturn

STOPPED = 130  # what shells say of a program that Ctrl-C ended
EXHAUSTED = (
    "There is not enough memory. Take a smaller --size or --batch, or paint with --max-memory."
)


def main() -> None:
    """Run the command line; exit 0 done, 1 our fault, 2 the user's slip, 130 stopped by hand."""
    try:
        status = _done()
    except KeyboardInterrupt:
        status = STOPPED
    _leave(status or 0, "stopped." if status == STOPPED else "")


def _done() -> int | None:
    """Do what is asked, and give its exit status; a slip is told and left with."""
    from typer import TyperException

    from ..frame.errors import TriptychError
    from .app import app

    try:
        return app(standalone_mode=False)  # which hands errors on, where typer would frame them
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
        print(f"triptych: {words}", file=sys.stderr)
    sys.exit(status)


def _told(error: Exception) -> str:
    """A slip in the words typed, and where to read how it is done; empty where help was shown."""
    words = " ".join(str(getattr(error, "format_message", error.__str__)()).split())
    context = getattr(error, "ctx", None)
    if not words or context is None:
        return words
    mark = "" if words.endswith(("?", ".")) else "."
    return f"{words}{mark} See {context.command_path} --help."
