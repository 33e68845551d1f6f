"""Commands on photos: `faces verify`, `encode`, `enroll` and `identify`."""

from pathlib import Path
from typing import Annotated

import typer

from .. import console
from ..options import Device, Json, Recursive
from . import options
from .app import faces


@faces.command()
def verify(
    first: Annotated[Path, typer.Argument(help="A photo.")],
    second: Annotated[Path, typer.Argument(help="Another photo.")],
    threshold: options.ThresholdOption = None,
    calibration: options.CalibrationOption = None,
    policy: options.SelectionOption = "one",
    aligned: options.AlignedOption = False,
    detector: options.DetectorOption = "auto",
    smallest_face: options.SmallestFaceOption = None,
    encoder: options.EncoderOption = "auto",
    set_: options.EncoderSetOption = None,
    device: Device = "auto",
    json: Json = False,
) -> None:
    """Say whether two photos show the same person, and how sure that is."""
    from ...faces.recognition.verify import verify as work
    from .answers.identities import format_verification
    from .recognition import build_pipeline, load_calibration

    look = {"detector": detector, "smallest_face": smallest_face}
    pipeline = build_pipeline(encoder, set_, device, policy, aligned, **look)
    rule = {"threshold": threshold, "calibration": load_calibration(calibration)}
    result = work(first, second, pipeline=pipeline, **rule)
    if json:
        console.print_json({"first": str(first), "second": str(second), **result.to_dict()})
    else:
        print(format_verification(result))


@faces.command()
def encode(
    photos: Annotated[list[Path], typer.Argument(help="Photos, or folders of photos.")],
    out: Annotated[
        Path | None, typer.Option(help="Write an .npz of numbers instead of printing them.")
    ] = None,
    policy: options.SelectionOption = "all",
    aligned: options.AlignedOption = False,
    detector: options.DetectorOption = "auto",
    smallest_face: options.SmallestFaceOption = None,
    recursive: Recursive = False,
    encoder: options.EncoderOption = "auto",
    set_: options.EncoderSetOption = None,
    device: Device = "auto",
) -> None:
    """Turn faces into numbers: a unit vector for each face, printed as JSON or kept in a file."""
    from .recognition import build_pipeline
    from .recognition import encode as work

    look = {"detector": detector, "smallest_face": smallest_face}
    pipeline = build_pipeline(encoder, set_, device, policy, aligned, **look)
    work(photos, out, pipeline, recursive=recursive)


@faces.command()
def enroll(
    sources: Annotated[
        list[Path],
        typer.Argument(help="Folders of a folder for each person, or zips; with --name photos."),
    ],
    gallery: options.GalleryOption,
    name: Annotated[
        str, typer.Option(help="Whose photos they are: of photos, or folders of photos, of one.")
    ] = "",
    person_folder: options.PersonFolderOption = "auto",
    tenant: options.TenantOption = "",
    policy: options.SelectionOption = "one",
    aligned: options.AlignedOption = False,
    detector: options.DetectorOption = "auto",
    smallest_face: options.SmallestFaceOption = None,
    shared: options.SharedOption = "refuse",
    prune: Annotated[
        bool, typer.Option("--prune", help="Remove what the folder holds no more.")
    ] = False,
    encoder: options.EncoderOption = "auto",
    set_: options.EncoderSetOption = None,
    device: Device = "auto",
    json: Json = False,
) -> None:
    """Put people into a gallery; one photo each is enough. Done twice it changes nothing."""
    from .enrollment import enroll as work
    from .identity_sources import load_people
    from .recognition import build_pipeline

    people = load_people(sources, name=name, person_folder=person_folder)
    look = {"detector": detector, "smallest_face": smallest_face}
    pipeline = build_pipeline(
        encoder, set_, device, policy, aligned, gallery=gallery, one_face_for="enrolment", **look
    )
    work(people, gallery, pipeline, {"shared": shared, "prune": prune}, tenant=tenant, json=json)


@faces.command()
def identify(
    photos: Annotated[list[Path], typer.Argument(help="Photos, or folders of photos.")],
    gallery: options.GalleryOption,
    tenant: options.TenantOption = "",
    top: Annotated[int, typer.Option(min=1, help="Nearest people to name.")] = 5,
    threshold: options.ThresholdOption = None,
    calibration: options.CalibrationOption = None,
    templates: Annotated[
        bool,
        typer.Option(
            "--templates/--nearest", help="Compare with the mean of a person's photos, or each."
        ),
    ] = True,
    draw: Annotated[
        Path | None, typer.Option(help="Folder for the photos with the names drawn.")
    ] = None,
    policy: options.SelectionOption = "all",
    aligned: options.AlignedOption = False,
    detector: options.DetectorOption = "auto",
    smallest_face: options.SmallestFaceOption = None,
    recursive: Recursive = False,
    encoder: options.EncoderOption = "auto",
    set_: options.EncoderSetOption = None,
    device: Device = "auto",
    json: Json = False,
) -> None:
    """Say who is in photos; whoever is not within the threshold is unknown."""
    from .recognition import build_pipeline, load_calibration
    from .recognition import identify as work

    look = {"detector": detector, "smallest_face": smallest_face}
    pipeline = build_pipeline(encoder, set_, device, policy, aligned, **look, gallery=gallery)
    options = {"top": top, "threshold": threshold, "calibration": load_calibration(calibration)}
    options["templates"] = templates
    shown = {"draw": draw, "recursive": recursive, "json": json}
    work(photos, gallery, pipeline, options, tenant=tenant, **shown)
