"""`triptych export`: a run's model as a file for other programs, and how well it agrees."""

from pathlib import Path

import typer

from ... import multitask
from ...multitask.deployment.agreement import Agreement
from ...multitask.deployment.export import ExportError
from .. import console
from ..parsing import parse_split

CHECK_FAILED = 3  # exit status


def export_run(
    run: Path,
    to: Path,
    *,
    split: str,
    images: int,
    precision: str,
    source: str | None,
    json: bool,
) -> None:
    """Write and check the file, and say how far it is from its model.

    Parameters:
        run: the folder of a finished run.
        to: the file.
        split: whose images it is checked on.
        images: how many.
        precision: "float32", "int8" or "fp16".
        source: where the run's pictures are now.
        json: print one JSON object.

    Raises typer.Exit with 3 where the file does not answer as its model does; then it is not there.
    """
    try:
        with console.progress_bar() as progress:
            result = multitask.export(
                run,
                to,
                split=parse_split(split),
                images=images,
                precision=precision,
                source=source,
                progress=progress,
            )
    except ExportError as error:
        console.log(f"triptych: {error}")
        raise typer.Exit(CHECK_FAILED) from None
    if json:
        console.print_json(result.to_dict())
        return
    _print_agreement(result.agreement)
    print(f"Written: {to} ({result.bytes / 1e6:.1f} MB)")


def _print_agreement(agreement: Agreement) -> None:
    print(f"Compared on {agreement.images:,} {agreement.split} images:")
    for head, value in agreement.differences.items():
        print(f"  {head}: largest difference {value:.1g}")
    for name, change in agreement.changes().items():
        print(f"  {name}: {agreement.exported[name]:.4f} ({change:+.4f})")
