"""The command line as a whole: the verbs of every panel."""

from typing import Annotated

import typer

from .faces.commands import faces
from .multitask.commands import verbs
from .multitask.data_commands import data
from .style.commands import style

app = typer.Typer(
    name="triptych",
    help="One network with many answers to an image; faces told apart; pictures painted in style.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(verbs)
app.add_typer(data, name="data")
app.add_typer(faces, name="faces")
app.add_typer(style, name="style")


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
