"""The command line as a whole: the verbs of every panel."""

from collections import UserDict
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from .multitask.commands import verbs
from .multitask.data_commands import data
from .multitask.reporting.commands import reporting

PANELS = ("faces", "style")
"""Groups of verbs in `cli/PANEL/commands.py`, whose modules are imported when one is called."""


class Commands(UserDict[str, Any]):
    """Commands by name, those of `PANELS` among them, which are made when they are asked for."""

    def __getitem__(self, name: str) -> Any:
        if self.data[name] is None:
            module = import_module(f".{name}.commands", __package__)
            self.data[name] = typer.main.get_command(getattr(module, name))
            self.data[name].name = name
        return self.data[name]


class PanelGroup(TyperGroup):
    """The verbs at the top, and the groups of the other panels."""

    def __init__(self, **settings: Any):
        """
        Parameters:
            settings: of typer's group.
        """
        super().__init__(**settings)
        self.commands = Commands({**self.commands, **dict.fromkeys(PANELS)})

    def list_commands(self, ctx: Any) -> list[str]:
        """All names, in the order of the help.

        Parameters:
            ctx: of typer.
        """
        return [*self.commands]


app = typer.Typer(
    name="triptych",
    cls=PanelGroup,
    help="One network with many answers to an image; faces told apart; pictures painted in style.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(verbs)
app.add_typer(reporting)
app.add_typer(data, name="data")


def version(wanted: bool | None) -> None:
    """Print the version and leave."""
    if wanted:
        from .. import __version__

        print(__version__)
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool | None,
        typer.Option("--version", callback=version, is_eager=True, help="Show the version."),
    ] = None,
) -> None:
    """One network with many answers to an image; faces told apart; pictures painted in style."""
