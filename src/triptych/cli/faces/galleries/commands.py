"""Commands on galleries: `faces list`, `remove`, `export` and `import`."""

from pathlib import Path
from typing import Annotated

import typer

from ...options import Json
from .. import options
from ..app import faces


@faces.command("list")
def list_(
    gallery: options.GalleryOption, tenant: options.TenantOption = "", json: Json = False
) -> None:
    """Name the people of a gallery, its encoder and its threshold."""
    from .people import list_people as work

    work(gallery, tenant=tenant, json=json)


@faces.command()
def remove(
    people: Annotated[list[str], typer.Argument(help="Names, as `faces list` gives them.")],
    gallery: options.GalleryOption,
    tenant: options.TenantOption = "",
) -> None:
    """Take people out of a gallery, with all their encodings."""
    from .people import remove as work

    work(people, gallery, tenant=tenant)


@faces.command()
def export(
    file: Annotated[Path, typer.Argument(help="The Parquet file to write.")],
    gallery: options.GalleryOption,
    tenant: options.TenantOption = "",
    json: Json = False,
) -> None:
    """Write a gallery into a Parquet file: a row a face, with its vector."""
    from .exchange import export as work

    work(gallery, file, tenant=tenant, json=json)


@faces.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(help=".npz of `faces encode`, .parquet, .csv, or .npy with --names.")
    ],
    gallery: options.GalleryOption,
    encoder: Annotated[
        str, typer.Option(help="The encoder its vectors are of, where the file does not say.")
    ] = "",
    names: Annotated[
        Path | None, typer.Option(help="A name for each row, as lines or a CSV (.npy, .npz).")
    ] = None,
    person_column: Annotated[str, typer.Option(help="The column of names in a table.")] = "person",
    vector_column: Annotated[
        str, typer.Option(help="The column of vectors in a table.")
    ] = "vector",
    tenant: options.TenantOption = "",
    json: Json = False,
) -> None:
    """Put vectors from a file into a gallery, all or none. Done twice it changes nothing."""
    from ....faces.exchange.load import open_vectors
    from .exchange import import_ as work

    columns = {"person_column": person_column, "vector_column": vector_column}
    work(open_vectors(file, names=names, **columns), gallery, encoder, tenant=tenant, json=json)
