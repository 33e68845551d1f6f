"""Commands on galleries: `faces list` and `remove`."""

from typing import Annotated

import typer

from ..options import Json
from . import options
from .app import faces


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
