"""The command line: parse, call, print. Nothing heavy is imported before a verb is called."""

import sys
from typing import NoReturn

STOPPED = 130  # what shells say of a program that Ctrl-C ended


def main() -> None:
    """Run the command line; exit 0 done, 1 our fault, 2 the user's slip, 130 stopped by hand."""
    from typer import TyperException

    from ..frame.errors import TriptychError
    from .app import app

    try:
        status = app(standalone_mode=False)  # which hands errors on, where typer would frame them
    except TriptychError as error:
        _leave(2, str(error))
    except TyperException as error:
        _leave(2, _told(error))
    except KeyboardInterrupt:
        status = STOPPED
    _leave(status or 0, "stopped." if status == STOPPED else "")


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
