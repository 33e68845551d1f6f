"""Commands that learn: `faces train`."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from ...faces.training.config import TripletConfig
from ...frame.config import TrainingConfig
from ..options import Json, Resume, nonempty_path, option_for
from .app import faces

triplet_option = partial(option_for, config=TripletConfig)


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
            help="scratch, or a pretrained encoder to go on from: dlib, mobilefacenet (scratch)"
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
