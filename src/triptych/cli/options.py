"""Options that several commands share, and options made from configuration classes."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from ..frame.config import TrainingConfig, defaults, descriptions
from ..frame.errors import ConfigError

DEFAULTS = TrainingConfig()

Json = Annotated[bool, typer.Option("--json", help="Print the answer as JSON on stdout.")]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with the stopped run in --out.")]
Recursive = Annotated[bool, typer.Option("--recursive", help="Read folders in the folders too.")]
Device = Annotated[str, typer.Option(help="auto, cpu, cuda …")]


def _load_plugins(paths: list[Path] | None) -> None:
    """Load each plug-in as soon as it is read, before names of parts are looked up."""
    if paths:
        from ..frame.storage.plugins import load_plugin

        for path in paths:
            load_plugin(path)


Plugin = Annotated[
    list[Path] | None,
    typer.Option(
        "--plugin",
        callback=_load_plugins,
        is_eager=True,
        help="A Python file with heads, datasets … of your own; may be repeated.",
    ),
]


def option_for(
    name: str,
    *flags: str,
    config: type = TrainingConfig,
    overridden_by: str = "",
    presets: Mapping[str, Any] | None = None,
    more: str = "",
    **typed: Any,
) -> Any:
    """A command-line option for one option of a configuration class.

    The help is the description in the class and the default; both are written nowhere else. The
    parameter itself should be None where nothing was typed, so that other defaults may apply.

    Parameters:
        name: of the field of `config`, which is made by `frame.config.option`.
        flags: how it is typed, where that is not --name.
        config: the configuration class.
        overridden_by: what may recommend another default ("dataset"); empty if nothing does.
        presets: defaults that stand above those of the class, by name.
        more: what is to be said beside the description.
        typed: further arguments of `typer.Option`, such as `min` or `metavar`.
    """
    text = descriptions(config)[name]
    if not text.split()[0].endswith((",", ":")):  # a value to be typed stays as it is typed
        text = text[0].upper() + text[1:]
    text += f"; {more}" if more else ""
    default = {**defaults(config), **(presets or {})}[name]
    shown = "" if default is None else f"default {format_value(default)}"
    if overridden_by:
        shown += f"{'; ' if shown else ''}a {overridden_by} may know better"
    return typer.Option(
        *flags, help=f"{text} ({shown})" if shown else text, show_default=False, **typed
    )


def format_value(value: object) -> str:
    """A value as it would be typed on the command line.

    >>> format_value((3, 4)), format_value(0.5), format_value(False)
    ('3,4', '0.5', 'no')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (tuple, list)):
        return ",".join(map(format_value, value))
    return str(value)


def nonempty_path(name: str) -> Path:
    """The path of a file or folder. Raises BadParameter for "", which `Path` reads as "."."""
    if not name:
        raise typer.BadParameter("Expected the name of a file or a folder, got nothing.")
    return Path(name)


def refuse_options(of: str, values: Mapping[str, Any]) -> None:
    """Raise ConfigError where an option was typed that does not go with the rest.

    Parameters:
        of: what it does not go with, to stand in a sentence.
        values: what was typed, by option.
    """
    for flag, value in values.items():
        if value:
            raise ConfigError(f"{flag} says nothing about {of}. Leave it out.")
