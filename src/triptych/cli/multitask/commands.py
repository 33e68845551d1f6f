"""The verbs of the multitask panel, as users type them."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from .. import console
from ..catalog import check_name
from ..options import Device, Json, Plugin, Recursive, Resume, nonempty_path, option_for
from .data_commands import Source

option = partial(option_for, overridden_by="dataset")

verbs = typer.Typer()
"""The verbs that stand beside each other at the top: `triptych train` and so on."""


TrainingSet = Annotated[
    list[str] | None,
    typer.Option(
        "--set", help="A setting of the dataset or the training, NAME=VALUE; may be repeated."
    ),
]
Weights = Annotated[str | None, typer.Option(help="Shares of heads in the loss: circle=3,digit=1")]
Backbone = Annotated[
    str | None, typer.Option(help="auto, or a name (default auto)", show_default=False)
]
Pretrained = Annotated[
    bool | None,
    typer.Option(
        help="Begin with published weights (default: where the backbone has any)",
        show_default=False,
    ),
]
Limit = Annotated[
    int | None, typer.Option(min=2, help="Train on so many images only (default: all)")
]
Folds = Annotated[
    int | None,
    typer.Option(min=2, help="Cross-validate: so many trainings, each measured on its own part"),
]
Balance = Annotated[
    str | None,
    typer.Option(
        help="Of unequal classes: none, weights, sampling, or auto (default auto for pictures of "
        "your own, else none)",
    ),
]
HeadBalance = Annotated[
    str | None, typer.Option(help="Of heads' losses: fixed, uncertainty, gradnorm")
]
FlipAverage = Annotated[
    bool,
    typer.Option(
        "--flip-average", help="Average over each picture and its mirror: not for letters or digits"
    ),
]


@verbs.command()
def train(
    dataset: Annotated[
        list[str],
        typer.Argument(help="A name from `triptych data list`, or folders of your pictures."),
    ],
    heads: Annotated[
        str | None, typer.Option(help="Heads to train, a,b (default: what the dataset is for)")
    ] = None,
    source: Source = None,
    set_: TrainingSet = None,
    out: Annotated[
        Path | None, typer.Option(parser=nonempty_path, help="Run folder (runs/DATASET)")
    ] = None,
    resume: Resume = False,
    limit: Limit = None,
    folds: Folds = None,
    balance: Balance = None,
    epochs: Annotated[int | None, option("epochs")] = None,
    batch: Annotated[
        str | None, option("batch", more="auto: what memory holds", metavar="N|auto")
    ] = None,
    lr: Annotated[str | None, option("lr", more="auto: found by a test", metavar="X|auto")] = None,
    seed: Annotated[int | None, option("seed")] = None,
    weights: Weights = None,
    head_balance: HeadBalance = None,
    backbone: Backbone = None,
    pretrained: Pretrained = None,
    monitor: Annotated[str | None, option("monitor")] = None,
    patience: Annotated[int | None, option("patience")] = None,
    device: Annotated[str | None, option("device")] = None,
    precision: Annotated[str | None, option("precision")] = None,
    devices: Annotated[int | None, option("devices")] = None,
    nodes: Annotated[int | None, option("num_nodes", "--nodes")] = None,
    log: Annotated[str | None, option("log")] = None,
    tensorboard: Annotated[bool | None, option("tensorboard", "--tensorboard")] = None,
    json: Json = False,
    plugin: Plugin = None,
) -> None:
    """Train one network on a dataset, and measure its best epoch on test images."""
    from ..parsing import parse_assignments, parse_names, parse_weights

    flags = {
        **{"epochs": epochs, "batch": batch, "lr": lr, "seed": seed, "monitor": monitor},
        **{"patience": patience, "device": device, "precision": precision, "devices": devices},
        **{"num_nodes": nodes, "log": log, "tensorboard": tensorboard},
    }
    choice = {
        **{"heads": parse_names(heads), "loss_weights": parse_weights(weights) or None},
        **{"backbone": backbone, "pretrained": pretrained, "limit": limit, "balance": balance},
        **{"source": source, "head_balance": head_balance},
    }
    assignments = parse_assignments(set_ or [])
    if len(dataset) == 1 and not Path(dataset[0]).exists():
        check_name(dataset[0], "dataset")

    from ...multitask.datasets import run_name
    from .folds import train_or_cross_validate as work

    folder = out or Path("runs") / run_name(dataset)
    how = {"folds": folds, "resume": resume, "json": json}
    work(dataset, folder, choice, assignments, flags, **how)


@verbs.command()
def evaluate(
    run: Annotated[Path, typer.Argument(help="A run folder.")],
    split: Annotated[str, typer.Option(help="train, validation or test.")] = "test",
    source: Source = None,
    device: Device = "auto",
    flip_average: FlipAverage = False,
    json: Json = False,
    plugin: Plugin = None,
) -> None:
    """Measure a run's model on images it has not seen."""
    from ... import multitask
    from ..parsing import parse_split
    from .train import print_evaluation

    with console.progress_bar() as progress:
        result = multitask.evaluate(
            run,
            split=parse_split(split),
            source=source,
            device=device,
            flip_average=flip_average,
            progress=progress,
        )
    print_evaluation(result, json=json)


@verbs.command()
def predict(
    run: Annotated[Path, typer.Argument(help="A run folder, or an exported .onnx file.")],
    images: Annotated[list[Path], typer.Argument(help="Pictures, or folders of pictures.")],
    draw: Annotated[
        Path | None, typer.Option(help="Folder for the pictures with the answers drawn.")
    ] = None,
    intervals: Annotated[
        bool,
        typer.Option("--intervals", help="With --draw: also what holds with 90 % confidence."),
    ] = False,
    invert: Annotated[str, typer.Option(help="auto, yes or no: dark ink on light paper?")] = "auto",
    recursive: Recursive = False,
    to: Annotated[
        str | None,
        typer.Option(
            help="Write the answers for people to correct: coco, cvat, labelme, label-studio, yolo."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(parser=nonempty_path, help="A new folder for --to; pictures are copied."),
    ] = None,
    uncertain: Annotated[
        bool, typer.Option("--uncertain", help="With --to: the least sure pictures first.")
    ] = False,
    limit: Annotated[
        int | None, typer.Option(min=1, help="With --to: write so many pictures (default: all).")
    ] = None,
    shape: Annotated[
        str | None,
        typer.Option(help="With --to: the head whose shapes are written, such as mask or box."),
    ] = None,
    device: Device = "auto",
    flip_average: FlipAverage = False,
    json: Json = False,
    plugin: Plugin = None,
) -> None:
    """Answer about any pictures, in the pictures' own pixels."""
    from .predict import predict_images

    choice = {"draw": draw, "invert": invert, "device": device, "recursive": recursive}
    choice["intervals"] = intervals
    written = {"to": to, "out": out, "shape": shape, "uncertain": uncertain, "limit": limit}
    choice["flip_average"] = flip_average
    predict_images(run, images, **choice, **written, json=json)


@verbs.command()
def export(
    run: Annotated[Path, typer.Argument(help="A run folder.")],
    to: Annotated[Path, typer.Option(parser=nonempty_path, help="model.onnx, .pt2, .xml, .html.")],
    split: Annotated[
        str, typer.Option(help="Whose images it is checked on: train, validation or test.")
    ] = "test",
    images: Annotated[int, typer.Option(min=1, help="How many it is checked on.")] = 1000,
    precision: Annotated[
        str,
        typer.Option(help="float32; int8 quantizes convolutions; fp16 halves the file."),
    ] = "float32",
    source: Source = None,
    json: Json = False,
    plugin: Plugin = None,
) -> None:
    """Write a run's model for other programs, checked: pictures in, answers in their pixels out."""
    from .export import export_run

    how = {"split": split, "images": images, "precision": precision, "source": source}
    export_run(run, to, **how, json=json)


@verbs.command()
def demo(
    out: Annotated[Path, typer.Option(help="Run folder; an earlier demo there is replaced.")] = (
        Path("runs/demo")
    ),
) -> None:
    """Train one network with four heads in about a minute, and look at what it answers."""
    from .demo import run_demo

    run_demo(out)
