"""The verbs of the third panel: `triptych style …`."""

from pathlib import Path
from typing import Annotated

import typer

from ..options import Device, Json, Resume, nonempty_path, option_for

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
    pictures: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PICTURES", help="CONTENT, then one STYLE or more."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", parser=nonempty_path, help="The picture to write (picture.png)"
        ),
    ] = None,
    size: Annotated[int | None, typer.Option(help="Pixels of the longer side (512)")] = None,
    strength: Annotated[
        float | None, typer.Option(help="0 the content alone … 1 the style alone (0.5)")
    ] = None,
    style_weights: Annotated[
        str | None, typer.Option(help="Shares of several styles: 2,1 (alike)")
    ] = None,
    style_scale: Annotated[
        float | None, typer.Option(help="Size of the strokes: 0.5 finer, 2 broader (1)")
    ] = None,
    features: Annotated[
        str | None,
        typer.Option(
            help="auto, vgg19, vgg19-small, vgg19-conv3, squeezenet, a safetensors file, or "
            "patches, which needs no network (auto: the best at hand)"
        ),
    ] = None,
    content_layer: Annotated[
        str | None, typer.Option(help="Where the content is read: relu4_2 (the network's own)")
    ] = None,
    style_layers: Annotated[
        str | None,
        typer.Option(help="Where style is read: relu1_1=1,relu2_1=0.5 (the network's own)"),
    ] = None,
    half: Annotated[
        bool, typer.Option("--half", help="Keep VGG-19 at half precision: 26 MB, not 80.")
    ] = False,
    pooling: Annotated[str | None, typer.Option(help="average or max (average)")] = None,
    statistics: Annotated[
        str | None, typer.Option(help="wasserstein or gram (wasserstein)")
    ] = None,
    tv: Annotated[
        float | None, typer.Option("--tv", help="Weight of total variation: smoothness (0.07)")
    ] = None,
    optimizer: Annotated[
        str | None, typer.Option(help="lbfgs, or adam, which needs less memory (lbfgs)")
    ] = None,
    steps: Annotated[
        str | None,
        typer.Option(
            help="Steps at each scale, coarsest first: 50,30,80; one number paints at the full "
            "size only (50,30,30,30,80,30 …)"
        ),
    ] = None,
    init: Annotated[
        str | None, typer.Option(help="Begin from content, noise, style or a FILE (content)")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="All chance follows from it (0)")] = None,
    colours: Annotated[
        str | None,
        typer.Option(
            "--colours",
            "--colors",
            help="style, match (the content's palette) or luminance (the content's colours) "
            "(style)",
        ),
    ] = None,
    mask: Annotated[
        list[Path] | None,
        typer.Option(
            help="Where to paint: a picture, white there, or a run with a mask head; given once "
            "for each style it says where each goes."
        ),
    ] = None,
    soft: Annotated[
        float | None, typer.Option(help="Pixels over which a mask's edge is blended (1/64)")
    ] = None,
    run: Annotated[
        Path | None,
        typer.Option(
            parser=nonempty_path,
            help="Folder to keep everything in: costs, curves, a timeline, and checkpoints to "
            "--resume from.",
        ),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run in --run.")] = False,
    from_: Annotated[
        Path | None,
        typer.Option("--from", help="Paint on another run's picture, with other settings."),
    ] = None,
    sweep: Annotated[
        list[str] | None,
        typer.Option(
            help="One sheet of several values: strength=0.2,0.5,0.8; given twice, a grid."
        ),
    ] = None,
    gif: Annotated[bool, typer.Option("--gif", help="Also write RUN/timeline.gif.")] = False,
    mp4: Annotated[bool, typer.Option("--mp4", help="Also write RUN/timeline.mp4.")] = False,
    checkpoint: Annotated[
        float | None, typer.Option(min=0, help="Seconds between checkpoints of a run (30)")
    ] = None,
    device: Annotated[str | None, typer.Option(help="auto, cpu, cuda …")] = None,
    max_memory: Annotated[
        str | None,
        typer.Option(help="Paint in tiles where more memory would be taken than this: 4G, 800M"),
    ] = None,
    json: Json = False,
) -> None:
    """Paint CONTENT in the hand of one STYLE or more. Ctrl-C keeps the picture painted so far."""
    from .job_flags import JobFlags
    from .output import OutputOptions
    from .sweep import sweep as paint_sweep
    from .transfer import paint as paint_one

    flags = {
        "size": size,
        "strength": strength,
        "style_weights": style_weights,
        "style_scale": style_scale,
        "features": features,
        "content_layer": content_layer,
        "layers": style_layers,
        "half": half or None,
        "pooling": pooling,
        "statistics": statistics,
        "variation": tv,
        "optimizer": optimizer,
        "steps": steps,
        "init": init,
        "seed": seed,
        "colours": colours,
        "masks": mask,
        "soft": soft,
        "device": device,
        "max_memory": max_memory,
    }
    given = {name: value for name, value in flags.items() if value is not None}
    asked = JobFlags(pictures or [], given, resume=resume, branch=from_, sweep=sweep or [])
    work = paint_sweep if asked.sweep and not asked.resume else paint_one
    work(asked, OutputOptions(out, run, checkpoint, gif=gif, mp4=mp4), json=json)


@style.command()
def train(
    hand: Annotated[Path, typer.Argument(metavar="STYLE", help="The picture to paint like.")],
    photos: Annotated[
        list[Path],
        typer.Argument(metavar="PHOTOS", help="Folders of photographs, or zips of them."),
    ],
    out: Annotated[
        Path | None, typer.Option(parser=nonempty_path, help="Run folder (runs/STYLE)")
    ] = None,
    resume: Resume = False,
    size: Annotated[int | None, typer.Option(help="Pixels of a square to learn from (128)")] = None,
    strength: Annotated[
        float | None, typer.Option(help="0 the content alone … 1 the style alone (0.5)")
    ] = None,
    style_size: Annotated[
        int | None, typer.Option(help="Pixels of the style; more give larger strokes (256)")
    ] = None,
    network: Annotated[
        str | None, typer.Option(help="What judges: see --features of paint (vgg19-small)")
    ] = None,
    steps: Annotated[int | None, typer.Option(help="Batches an epoch (100)")] = None,
    epochs: Annotated[
        int | None, typer.Option(help="Photos held out are painted after each (12)")
    ] = None,
    batch: Annotated[int | None, typer.Option(help="Pictures a step (4)")] = None,
    lr: Annotated[float | None, typer.Option(help="Highest learning rate (0.006)")] = None,
    seed: Annotated[int | None, option_for("seed")] = None,
    device: Annotated[str | None, option_for("device")] = None,
    precision: Annotated[str | None, option_for("precision")] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="Any other setting, NAME=VALUE: width=24, blocks=5, near=0.3"),
    ] = None,
    json: Json = False,
) -> None:
    """Learn to paint like STYLE at once; RUN/epochs shows how it gets on. `apply` then paints."""
    from ..parsing import parse_assignments
    from .fast import train as work

    flags = {
        "size": size,
        "strength": strength,
        "style_size": style_size,
        "network": network,
        "steps": steps,
        "epochs": epochs,
        "batch": batch,
        "lr": lr,
        "seed": seed,
        "device": device,
        "precision": precision,
    }
    chosen = {**parse_assignments(set_ or [], "--set width=24"), **flags}
    work(hand, photos, out, chosen, resume=resume, json=json)


@style.command()
def apply(
    run: Annotated[Path, typer.Argument(help="A run of `style train`.")],
    pictures: Annotated[
        list[Path], typer.Argument(metavar="IMAGES", help="Pictures, or folders of them.")
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", parser=nonempty_path, help="Folder for what is painted.")
    ],
    size: Annotated[
        int | None, typer.Option(min=1, help="Pixels of the longer side (the picture's own)")
    ] = None,
    device: Device = "auto",
    json: Json = False,
) -> None:
    """Paint pictures at once, in the style of a run."""
    from .fast import apply as work

    work(run, pictures, out, size=size, device=device, json=json)


@style.command()
def export(
    run: Annotated[Path, typer.Argument(help="A run of `style train`.")],
    to: Annotated[Path, typer.Option(parser=nonempty_path, help="The file to write: model.onnx.")],
    json: Json = False,
) -> None:
    """Write a run's network as ONNX, for pictures of any size, checked against the run."""
    from .fast import export as work

    work(run, to, json=json)
