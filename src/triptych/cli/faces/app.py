"""The second panel's group of commands, `triptych faces …`."""

import typer

faces = typer.Typer(
    help="Is this the same person, and who is it.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
