"""The commands of the second panel: `triptych faces …`."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from ...faces.training.config import TripletConfig
from ...frame.config import TrainingConfig
from .. import console
from ..options import DEFAULTS, Device, Json, Recursive, Resume, nonempty_path, option_for
from . import options

faces = typer.Typer(
    help="Is this the same person, and who is it.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
triplet_option = partial(option_for, config=TripletConfig)


@faces.command()
def verify(
    first: Annotated[Path, typer.Argument(help="A photo.")],
    second: Annotated[Path, typer.Argument(help="Another photo.")],
    threshold: options.ThresholdOption = None,
    calibration: options.CalibrationOption = None,
    policy: options.SelectionOption = "one",
    aligned: options.AlignedOption = False,
    encoder: options.EncoderOption = "mobilefacenet",
    set_: options.EncoderSetOption = None,
    device: Device = "auto",
    json: Json = False,
) -> None:
    """Say whether two photos show the same person, and how sure that is."""
    from ...faces.recognition.verify import verify as work
    from .recognition import build_pipeline, format_verification, load_calibration

    pipeline = build_pipeline(encoder, set_, device, policy, aligned)
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
    recursive: Recursive = False,
    encoder: options.EncoderOption = "mobilefacenet",
    set_: options.EncoderSetOption = None,
    device: Device = "auto",
) -> None:
    """Turn faces into numbers: a unit vector for each face, printed as JSON or kept in a file."""
    from .recognition import build_pipeline
    from .recognition import encode as work

    pipeline = build_pipeline(encoder, set_, device, policy, aligned)
    work(photos, out, pipeline, recursive=recursive)


@faces.command()
def enroll(
    folder: options.FolderArgument,
    gallery: options.GalleryOption,
    policy: options.SelectionOption = "one",
    aligned: options.AlignedOption = False,
    encoder: options.EncoderOption = "mobilefacenet",
    set_: options.EncoderSetOption = None,
    device: Device = "auto",
    json: Json = False,
) -> None:
    """Put people into a gallery; one photo each is enough. Done twice it changes nothing."""
    from .recognition import build_pipeline
    from .recognition import enroll as work

    work(folder, gallery, build_pipeline(encoder, set_, device, policy, aligned), json=json)


@faces.command()
def identify(
    photos: Annotated[list[Path], typer.Argument(help="Photos, or folders of photos.")],
    gallery: options.GalleryOption,
    top: Annotated[int, typer.Option(min=1, help="Nearest people to name.")] = 5,
    threshold: options.ThresholdOption = None,
    calibration: options.CalibrationOption = None,
    draw: Annotated[
        Path | None, typer.Option(help="Folder for the photos with the names drawn.")
    ] = None,
    policy: options.SelectionOption = "all",
    aligned: options.AlignedOption = False,
    recursive: Recursive = False,
    encoder: options.EncoderOption = "mobilefacenet",
    set_: options.EncoderSetOption = None,
    device: Device = "auto",
    json: Json = False,
) -> None:
    """Say who is in photos; whoever is not within the threshold is unknown."""
    from .recognition import build_pipeline, load_calibration
    from .recognition import identify as work

    pipeline = build_pipeline(encoder, set_, device, policy, aligned)
    options = {"top": top, "threshold": threshold, "calibration": load_calibration(calibration)}
    work(photos, gallery, pipeline, options, draw=draw, recursive=recursive, json=json)


@faces.command("list")
def list_(gallery: options.GalleryOption, json: Json = False) -> None:
    """Name the people of a gallery, its encoder and its threshold."""
    from .people import list_people as work

    work(gallery, json=json)


@faces.command()
def remove(
    people: Annotated[list[str], typer.Argument(help="Names, as `faces list` gives them.")],
    gallery: options.GalleryOption,
) -> None:
    """Take people out of a gallery, with all their encodings."""
    from .people import remove as work

    work(people, gallery)


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
    policy: options.SelectionOption = "largest",
    aligned: options.AlignedOption = False,
    encoder: options.EncoderOption = "mobilefacenet",
    set_: options.EncoderSetOption = None,
    device: Device = "auto",
    json: Json = False,
) -> None:
    """Find the threshold for a false accept rate from your own people, and how sure it is."""
    from .evaluation import calibrate as work
    from .recognition import build_pipeline

    pipeline = build_pipeline(encoder, set_, device, policy, aligned)
    work(folder, pipeline, far=far, seed=seed, out=out, gallery=gallery, json=json)


@faces.command()
def evaluate(
    folder: options.FolderArgument,
    pairs: Annotated[
        Path | None, typer.Option(help="A pairs.txt in the format of LFW (default: all pairs).")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for report.html, curves and the worst pairs.")
    ] = None,
    folds: Annotated[int, typer.Option(min=2, help="Parts for cross-validation.")] = 10,
    seed: Annotated[int, typer.Option(help="All chance follows from it.")] = DEFAULTS.seed,
    calibration: options.CalibrationOption = None,
    policy: options.SelectionOption = "largest",
    aligned: options.AlignedOption = False,
    encoder: options.EncoderOption = "mobilefacenet",
    set_: options.EncoderSetOption = None,
    device: Device = "auto",
    json: Json = False,
) -> None:
    """Measure an encoder on people it has not seen: accuracy, error rates, one-shot recognition."""
    from .evaluation import evaluate as work
    from .recognition import build_pipeline, load_calibration

    pipeline = build_pipeline(encoder, set_, device, policy, aligned)
    work(folder, pipeline, pairs, folds, seed, load_calibration(calibration), out, json=json)


@faces.command()
def train(
    folders: Annotated[
        list[Path], typer.Argument(help="Folders of photos for each person, or zips of them.")
    ],
    out: Annotated[
        Path | None, typer.Option(parser=nonempty_path, help="Run folder (runs/FOLDER)")
    ] = None,
    resume: Resume = False,
    encoder: Annotated[
        str | None,
        typer.Option(
            help="scratch, or mobilefacenet: go on from the pretrained one (default scratch)"
        ),
    ] = None,
    crop: Annotated[str | None, triplet_option("crop")] = None,
    height: Annotated[int | None, triplet_option("height")] = None,
    width: Annotated[int | None, triplet_option("width")] = None,
    channels: Annotated[int | None, triplet_option("channels")] = None,
    people: Annotated[int | None, triplet_option("identities_per_batch")] = None,
    photos: Annotated[int | None, triplet_option("images_per_identity")] = None,
    margin: Annotated[float | None, triplet_option("margin", overridden_by="start")] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="Any other setting of triplets or training, NAME=VALUE."),
    ] = None,
    epochs: Annotated[int | None, option_for("epochs", overridden_by="start")] = None,
    lr: Annotated[float | None, option_for("lr", overridden_by="start")] = None,
    seed: Annotated[int | None, option_for("seed")] = None,
    patience: Annotated[int | None, option_for("patience")] = None,
    device: Annotated[str | None, option_for("device")] = None,
    precision: Annotated[str | None, option_for("precision")] = None,
    json: Json = False,
) -> None:
    """Learn an encoder from photos of people, or of anything that is the same or different."""
    from ..parsing import merge_flags, parse_assignments
    from .training import train as work

    flags = {
        **{"crop": crop, "height": height, "width": width, "channels": channels},
        **{"people": people, "photos": photos, "margin": margin, "epochs": epochs, "lr": lr},
        **{"seed": seed, "patience": patience, "device": device, "precision": precision},
    }
    assignments = parse_assignments(set_ or [], "--set turn=8")
    settings = merge_flags(assignments, flags, (TrainingConfig, TripletConfig))
    work(folders, out, encoder, settings, resume=resume, json=json)


@faces.command()
def characters(
    runs: Annotated[Path, typer.Argument(help="Omniglot's one-shot runs: all_runs.zip.")],
    encoder: options.EncoderOption = "mobilefacenet",
    device: Device = "auto",
    json: Json = False,
) -> None:
    """Measure 20-way one-shot recognition of characters, as Omniglot's authors do."""
    from .training import omniglot as work

    work(runs, encoder, device, json=json)
