"""Options that several verbs share."""

from pathlib import Path
from typing import Annotated, Any

import typer

from ..frame.config import TrainingConfig, descriptions

DEFAULTS = TrainingConfig()

Json = Annotated[bool, typer.Option("--json", help="Print the answer as JSON on stdout.")]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with the stopped run in --out.")]
Device = Annotated[str, typer.Option(help="auto, cpu, cuda …")]


def setting(name: str, *flags: str, knows: str = "dataset") -> Any:
    """An option for a training setting; its default stands in the help, and only there. `knows`
    is what may recommend another."""
    words = descriptions()[name]
    if not words.split()[0].endswith(","):  # a value to be typed stays as it is typed
        words = words[0].upper() + words[1:]
    default = getattr(DEFAULTS, name)
    told = f"default {default}; a {knows} may know better" if knows else default
    return typer.Option(
        *flags,
        help=f"{words} ({told})",
        show_default=False,
    )


def place(name: str) -> Path:
    """A file or a folder. Raises BadParameter for no name, which `Path` takes for this folder."""
    if not name:
        raise typer.BadParameter("Expected the name of a file or a folder, got nothing.")
    return Path(name)
