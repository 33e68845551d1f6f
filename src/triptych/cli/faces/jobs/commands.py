"""Commands on a queue of photos: `faces jobs add`, `work`, `status` and `retry`."""

from pathlib import Path
from typing import Annotated

import typer

from ...options import Device, Json
from .. import options
from ..app import faces

jobs = typer.Typer(
    name="jobs",
    help="Enroll very many photos, by several processes and machines at once.",
    no_args_is_help=True,
)
faces.add_typer(jobs)


@jobs.command()
def add(
    folder: options.FolderArgument,
    gallery: options.GalleryOption,
    tenant: options.TenantOption = "",
    encoder: options.EncoderOption = "auto",
    set_: options.EncoderSetOption = None,
    json: Json = False,
) -> None:
    """Put the photos of a folder into the gallery's queue. Done twice it changes nothing."""
    from .run import add as work

    work(folder, gallery, encoder, set_, tenant=tenant, json=json)


@jobs.command()
def work(
    gallery: options.GalleryOption,
    tenant: options.TenantOption = "",
    folder: Annotated[
        Path | None, typer.Option(help="Where the photos are on this machine, if elsewhere.")
    ] = None,
    batch: Annotated[int, typer.Option(min=1, max=1000, help="Photos taken at a time.")] = 64,
    lease: Annotated[
        float, typer.Option(min=1, help="Seconds until a killed worker's photos go to others.")
    ] = 60.0,
    policy: options.SelectionOption = "one",
    aligned: options.AlignedOption = False,
    detector: options.DetectorOption = "auto",
    smallest_face: options.SmallestFaceOption = None,
    shared: options.SharedOption = "refuse",
    encoder: options.EncoderOption = "auto",
    set_: options.EncoderSetOption = None,
    device: Device = "auto",
    json: Json = False,
) -> None:
    """Enroll photos from the queue until none is left. Start as many as there are cores."""
    from ..recognition import build_pipeline
    from .run import work as run

    look = {"detector": detector, "smallest_face": smallest_face}
    pipeline = build_pipeline(
        encoder, set_, device, policy, aligned, gallery=gallery, one_face_for="enrolment", **look
    )
    settings = {"folder": folder, "batch": batch, "lease": lease, "shared": shared}
    run(gallery, pipeline, settings, tenant=tenant, json=json)


@jobs.command()
def status(
    gallery: options.GalleryOption,
    tenant: options.TenantOption = "",
    refused: Annotated[int, typer.Option(min=0, help="Refused photos to name.")] = 10,
    json: Json = False,
) -> None:
    """Tell how far the queue is, how fast, and what was refused."""
    from .run import status as work

    work(gallery, refused, tenant=tenant, json=json)


@jobs.command()
def retry(gallery: options.GalleryOption, tenant: options.TenantOption = "") -> None:
    """Put the refused photos back into the queue."""
    from .run import retry as work

    work(gallery, tenant=tenant)
