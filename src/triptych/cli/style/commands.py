"""The verbs of the third panel: `triptych style …`."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from ...frame.config import TrainingConfig
from ...style.fast.config import DEFAULTS, FastStyleConfig
from ..options import Device, Json, Recursive, Resume, nonempty_path, option_for
from . import options

fast = partial(option_for, config=FastStyleConfig)
training = partial(option_for, presets=DEFAULTS)

style = typer.Typer(
    help="Paint one picture in another's hand.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@style.callback()
def panel() -> None:
    """Paint one picture in another's hand."""


@style.command()
def paint(
    images: options.Images = None,
    out: options.Out = None,
    size: options.Size = None,
    strength: options.Strength = None,
    content_weight: options.ContentWeight = None,
    style_weight: options.StyleWeight = None,
    style_weights: options.StyleWeights = None,
    style_scale: options.StyleScale = None,
    features: options.Features = None,
    content_layer: options.ContentLayer = None,
    layers: options.Layers = None,
    half: options.Half = None,
    pooling: options.Pooling = None,
    statistics: options.Statistics = None,
    variation: options.Variation = None,
    optimizer: options.Optimizer = None,
    steps: options.Steps = None,
    init: options.Init = None,
    seed: options.Seed = None,
    colors: options.Colors = None,
    masks: options.Masks = None,
    soft: options.Soft = None,
    run: options.Run = None,
    resume: options.Resume = False,
    from_: options.From = None,
    sweep: options.Sweep = None,
    gif: options.Gif = False,
    mp4: options.Mp4 = False,
    checkpoint: options.Checkpoint = None,
    device: options.Device = None,
    max_memory: options.MaxMemory = None,
    json: Json = False,
) -> None:
    """Paint CONTENT in the hand of one STYLE or more. Ctrl-C keeps the picture painted so far."""
    given = dict(locals())  # first, while nothing but the arguments is there
    from .job_flags import JobFlags
    from .output import OutputOptions
    from .sweep import sweep as paint_sweep
    from .transfer import paint as paint_one

    settings = {name: given[name] for name in options.SETTINGS if given[name] is not None}
    flags = JobFlags(images or [], settings, resume=resume, fork=from_, sweep=sweep or [])
    command = paint_sweep if flags.sweep and not flags.resume else paint_one
    command(flags, OutputOptions(out, run, checkpoint, gif=gif, mp4=mp4), json=json)


@style.command()
def train(
    style_image: Annotated[
        Path, typer.Argument(metavar="STYLE", help="The picture to paint like.")
    ],
    photos: Annotated[
        list[Path],
        typer.Argument(metavar="PHOTOS", help="Folders of photographs, or zips of them."),
    ],
    out: Annotated[
        Path | None, typer.Option(parser=nonempty_path, help="Run folder (runs/STYLE)")
    ] = None,
    resume: Resume = False,
    size: Annotated[int | None, fast("size")] = None,
    strength: Annotated[float | None, fast("strength")] = None,
    style_size: Annotated[int | None, fast("style_size")] = None,
    network: Annotated[str | None, fast("network")] = None,
    steps: Annotated[int | None, fast("steps")] = None,
    epochs: Annotated[int | None, training("epochs")] = None,
    batch: Annotated[int | None, training("batch")] = None,
    lr: Annotated[float | None, training("lr")] = None,
    seed: Annotated[int | None, training("seed")] = None,
    device: Annotated[str | None, training("device")] = None,
    precision: Annotated[str | None, training("precision")] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set", help="Any other setting, NAME=VALUE: width=24, blocks=5, min_crop=0.3"
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Learn to paint like STYLE at once; RUN/epochs shows how it gets on. `apply` then paints."""
    from ..parsing import merge_flags, parse_assignments
    from .fast import train as train_network

    flags = {
        **{"size": size, "strength": strength, "style_size": style_size, "network": network},
        **{"steps": steps, "epochs": epochs, "batch": batch, "lr": lr, "seed": seed},
        **{"device": device, "precision": precision},
    }
    assignments = parse_assignments(set_ or [], "--set width=24")
    settings = merge_flags(assignments, flags, (TrainingConfig, FastStyleConfig))
    train_network(style_image, photos, out, settings, resume=resume, json=json)


@style.command()
def apply(
    run: Annotated[Path, typer.Argument(help="A run of `style train`.")],
    images: Annotated[
        list[Path], typer.Argument(metavar="IMAGES", help="Pictures, or folders of them.")
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", parser=nonempty_path, help="Folder for what is painted.")
    ],
    size: Annotated[
        int | None, typer.Option(min=1, help="Pixels of the longer side (the picture's own)")
    ] = None,
    recursive: Recursive = False,
    device: Device = "auto",
    json: Json = False,
) -> None:
    """Paint pictures at once, in the style of a run."""
    from .fast import apply as paint_images

    paint_images(run, images, out, size=size, device=device, recursive=recursive, json=json)


@style.command()
def export(
    run: Annotated[Path, typer.Argument(help="A run of `style train`.")],
    to: Annotated[Path, typer.Option(parser=nonempty_path, help="The file to write: model.onnx.")],
    json: Json = False,
) -> None:
    """Write a run's network as ONNX, for pictures of any size, checked against the run."""
    from .fast import export as export_network

    export_network(run, to, json=json)
