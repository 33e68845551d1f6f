"""Commands that measure: `faces calibrate`, `evaluate` and `characters`."""

from pathlib import Path
from typing import Annotated

import typer

from ..options import DEFAULTS, Device, Json
from . import options
from .app import faces


@faces.command()
def calibrate(
    folder: options.FolderArgument,
    far: Annotated[
        float, typer.Option(help="Share of pairs of different people that may be accepted.")
    ] = 1e-3,
    out: Annotated[
        Path | None, typer.Option(help="File for the calibration (verify --calibration FILE).")
    ] = None,
    gallery: Annotated[
        str | None, typer.Option("--gallery", "-g", help="A gallery to keep the calibration in.")
    ] = None,
    seed: Annotated[int, typer.Option(help="All chance follows from it.")] = DEFAULTS.seed,
    person_folder: options.PersonFolderOption = "auto",
    policy: options.SelectionOption = "largest",
    aligned: options.AlignedOption = False,
    detector: options.DetectorOption = "auto",
    smallest_face: options.SmallestFaceOption = None,
    encoder: options.EncoderOption = "auto",
    set_: options.EncoderSetOption = None,
    device: Device = "auto",
    json: Json = False,
) -> None:
    """Find the threshold for a false accept rate from your own people, and how sure it is."""
    from .evaluation import calibrate as work
    from .identity_sources import load_people
    from .recognition import build_pipeline

    look = {"detector": detector, "smallest_face": smallest_face}
    pipeline = build_pipeline(
        encoder, set_, device, policy, aligned, gallery=gallery, one_face_for="calibration", **look
    )
    (people,) = load_people([folder], person_folder=person_folder)
    work(people, pipeline, far=far, seed=seed, out=out, gallery=gallery, json=json)


@faces.command()
def evaluate(
    folder: options.FolderArgument,
    pairs: Annotated[
        Path | None,
        typer.Option(
            help="A list of pairs: LFW's, Kaggle's, or PATH PATH 0|1 (default: all pairs)."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for report.html, curves and the worst pairs.")
    ] = None,
    folds: Annotated[int, typer.Option(min=2, help="Parts for cross-validation.")] = 10,
    seed: Annotated[int, typer.Option(help="All chance follows from it.")] = DEFAULTS.seed,
    calibration: options.CalibrationOption = None,
    groups: Annotated[
        Path | None, typer.Option(help="A CSV, person,group or photo,group: errors by group.")
    ] = None,
    person_folder: options.PersonFolderOption = "auto",
    policy: options.SelectionOption = "largest",
    aligned: options.AlignedOption = False,
    detector: options.DetectorOption = "auto",
    smallest_face: options.SmallestFaceOption = None,
    encoder: options.EncoderOption = "auto",
    set_: options.EncoderSetOption = None,
    device: Device = "auto",
    json: Json = False,
) -> None:
    """Measure an encoder on people it has not seen: accuracy, error rates, one-shot recognition."""
    from .evaluation import evaluate as work
    from .identity_sources import load_people
    from .recognition import build_pipeline, load_calibration

    look = {"detector": detector, "smallest_face": smallest_face}
    pipeline = build_pipeline(encoder, set_, device, policy, aligned, **look)
    rule = load_calibration(calibration)
    (people,) = load_people([folder], person_folder=person_folder)
    work(people, pipeline, pairs, folds, seed, rule, out, groups=groups, json=json)


@faces.command()
def characters(
    runs: Annotated[Path, typer.Argument(help="Omniglot's one-shot runs: all_runs.zip.")],
    encoder: options.EncoderOption = "auto",
    device: Device = "auto",
    json: Json = False,
) -> None:
    """Measure 20-way one-shot recognition of characters, as Omniglot's authors do."""
    from .training import omniglot as work

    work(runs, encoder, device, json=json)
