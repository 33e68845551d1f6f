"""The verbs that tell what runs are worth, as users type them."""

from pathlib import Path
from typing import Annotated

import typer

from ...options import Device, Json, Plugin, Recursive, nonempty_path
from ..data_commands import Source

CHANNELS = 16
SPLIT = "test"

reporting = typer.Typer()
"""Verbs that stand at the top, beside `triptych train`."""

Split = Annotated[str, typer.Option(help="train, validation or test.")]


@reporting.command()
def report(
    run: Annotated[Path, typer.Argument(help="A run folder.")],
    split: Split = "test",
    source: Source = None,
    device: Device = "auto",
    json: Json = False,
    plugin: Plugin = None,
) -> None:
    """Write report.html, all about a run, and predictions.parquet, a row a picture."""
    from .report import report_run

    report_run(run, split, source=source, device=device, json=json)


@reporting.command()
def compare(
    runs: Annotated[list[Path], typer.Argument(help="Run folders; the first is the baseline.")],
    to: Annotated[
        Path | None,
        typer.Option(
            parser=nonempty_path, help="The page; an earlier one is replaced (compare.html)"
        ),
    ] = None,
    split: Split = "test",
    source: Source = None,
    device: Device = "auto",
    json: Json = False,
    plugin: Plugin = None,
) -> None:
    """Compare runs on the same images: differences with intervals, and what changed."""
    from .compare import PAGE, compare_runs

    compare_runs(runs, to or Path(PAGE), split, source=source, device=device, json=json)


@reporting.command()
def explain(
    run: Annotated[Path, typer.Argument(help="A run folder.")],
    images: Annotated[
        list[Path] | None, typer.Argument(help="Pictures, or folders of pictures.")
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(parser=nonempty_path, help="Folder for the sheets (RUN/explained)"),
    ] = None,
    heads: Annotated[str | None, typer.Option(help="Heads to explain, a,b (default: all)")] = None,
    class_: Annotated[
        str | None, typer.Option("--class", help="Why this class? (default: the answer)")
    ] = None,
    method: Annotated[
        str | None,
        typer.Option(help="grad-cam, integrated-gradients, occlusion, a,b (default: all)"),
    ] = None,
    layer: Annotated[
        str | None,
        typer.Option(help="Of Grad-CAM: a module of the model (default: what the head reads)"),
    ] = None,
    maximal: Annotated[
        bool, typer.Option("--maximal", help="What most excites the channels of a feature map.")
    ] = False,
    stage: Annotated[
        int | None,
        typer.Option(min=1, help="With --maximal: the map, from 1, finest first (the coarsest)"),
    ] = None,
    channels: Annotated[
        int | None, typer.Option(min=1, help=f"With --maximal: how many (default {CHANNELS})")
    ] = None,
    split: Annotated[
        str | None,
        typer.Option(help=f"With --maximal: train, validation or test (default {SPLIT})"),
    ] = None,
    source: Source = None,
    invert: Annotated[str, typer.Option(help="auto, yes or no: dark ink on light paper?")] = "auto",
    recursive: Recursive = False,
    device: Device = "auto",
    json: Json = False,
    plugin: Plugin = None,
) -> None:
    """Show why a run's heads say what they say of pictures, as heat maps."""
    from . import explain as work

    typed = {
        **{"--stage": stage, "--channels": channels, "--split": split, "--source": source},
        **{"--heads": heads, "--class": class_, "--method": method, "--layer": layer},
        **{"--recursive": recursive, "--invert": invert != "auto"},
    }
    work.check_mode(maximal, images or [], {flag: bool(value) for flag, value in typed.items()})
    options = work.ExplainOptions(to, device, json)
    if maximal:
        which = {"stage": stage, "channels": channels or CHANNELS, "split": split or SPLIT}
        work.explain_channels(run, options, **which, source=source)
        return
    which = {"heads": heads, "class_name": class_, "method": method, "layer": layer}
    how = {"invert": invert, "recursive": recursive}
    work.explain_images(run, images or [], options, **which, **how)
