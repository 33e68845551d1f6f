"""The verbs that tell what runs are worth, as users type them."""

from pathlib import Path
from typing import Annotated

import typer

from ...options import Device, Json, Plugin, nonempty_path
from ..data_commands import Source

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
