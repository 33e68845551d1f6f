"""`triptych faces train`, and what an encoder of characters is measured by."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...faces.encoders._build import load_encoder
from ...faces.report.omniglot import evaluate_one_shot
from ...faces.training.train import resume as resumed
from ...faces.training.train import train as trained
from ...frame.training.distributed import is_rank_zero
from .. import console
from .recognition import refusals


def train(
    folders: list[Path],
    out: Path | None,
    encoder: str,
    settings: Mapping[str, Any],
    *,
    resume: bool,
    json: bool,
) -> None:
    """Train or go on, then tell the figures of people who were kept apart."""
    with console.progress_bar() as watch:
        if resume:
            done = resumed(out or Path("runs") / folders[0].stem, progress=watch)
        else:
            done = trained(folders, out=out, encoder=encoder, progress=watch, **settings)
    if not is_rank_zero():
        return
    refusals(done.refused)
    for note in done.notes:
        console.log(f"note: {note}")
    console.log(f"Trained in {done.seconds:.0f} s. Run: {done.folder}")
    if json:
        console.print_json(done.exam.json())
    else:
        console.print_table(str(done.folder), done.metrics, notes=done.exam.definitions)


def characters(runs: Path, encoder: str, device: str, *, json: bool) -> None:
    """Tell how many characters are told rightly after one look."""
    found = evaluate_one_shot(runs, load_encoder(encoder, device=device))
    if json:
        console.print_json(found.json())
    else:
        told = found.json()
        console.print_table(
            f"{runs.name}, {found.trials} drawings", told["metrics"], notes=told["definitions"]
        )
