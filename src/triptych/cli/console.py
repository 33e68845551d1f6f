"""The terminal: answers go to stdout, everything else to stderr."""

import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..frame.errors import ImageError
from ..frame.progress import progress_bar as progress_bar

if TYPE_CHECKING:  # it reads pictures, which takes a while to import
    from ..frame.storage.image_folder import SkippedImage

SHOWN = 10  # files that are left out, named on the terminal; all are in the JSON


def print_json(value: object) -> None:
    """Print a value as JSON on stdout."""
    print(json.dumps(value, indent=2, ensure_ascii=False))


def printable(text: str) -> str:
    r"""A name of a user's in one line, with what no terminal shows (or obeys) written out.

    Parameters:
        text: of any characters.

    >>> printable("a\n\x1b[31mb.jpg")
    'a\\n\\x1b[31mb.jpg'
    """
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text
    )


def log(text: str) -> None:
    """Print a line on stderr. A closed or broken stderr is no error."""
    with suppress(OSError):
        print(text, file=sys.stderr, flush=True)


def print_table(
    title: str,
    rows: Mapping[str, Any],
    *,
    notes: Mapping[str, str] | None = None,
    header: tuple[str, ...] = ("figure", "value", "what it means"),
    words: bool = False,
) -> None:
    """Print names and values in columns on stdout.

    Parameters:
        title: printed above.
        rows: values by name; fractions are printed with four digits.
        notes: what each name means, in a third column.
        header: of the columns.
        words: whether values are words, which are set to the left.
    """
    from rich.console import Console
    from rich.table import Table

    grid = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    grid.add_column(header[0])
    grid.add_column(header[1], justify="left" if words else "right")
    if notes:
        grid.add_column(header[2], style="dim")
    for name, value in rows.items():
        shown = f"{value:.4f}" if isinstance(value, float) else str(value)
        grid.add_row(name, shown, *([notes.get(name, "")] if notes else []))
    Console(soft_wrap=not sys.stdout.isatty()).print(grid)


def check_read(named: Sequence[Path], skipped: Sequence[Path], count: int, *, read: int) -> None:
    """Raise ImageError where a picture could not be read that was named by itself, or none could.

    Parameters:
        named: pictures and folders, as typed.
        skipped: pictures that could not be read, each told already.
        count: of all pictures.
        read: how many of them could be read.
    """
    if any(path in named for path in skipped) or not read:
        raise ImageError(f"{len(skipped)} of {count} pictures could not be read, see above.")


def log_left_out(left_out: "Sequence[SkippedImage]") -> None:
    """Name what was left out of folders, and why; the first few, where there are many."""
    for each in left_out[:SHOWN]:
        log(f"left out: {each.reason}")
    if len(left_out) > SHOWN:
        log(f"… and {len(left_out) - SHOWN} more are left out (--json names them all).")
