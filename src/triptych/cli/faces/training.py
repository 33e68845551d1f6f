"""`triptych faces train`, and what an encoder of characters is measured by."""

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...faces.encoders._build import load_encoder
from ...faces.report.omniglot import evaluate_one_shot
from ...faces.training.setup import SCRATCH
from ...faces.training.train import resume as resumed
from ...faces.training.train import train as trained
from ...frame.training.distributed import is_rank_zero
from .. import console
from ..going_on import announcing_growth, going_on
from .identity_sources import load_people, unread
from .recognition import print_skipped


def train(
    folders: list[Path],
    out: Path | None,
    encoder: str | None,
    settings: Mapping[str, Any],
    *,
    resume: bool,
    json: bool,
) -> None:
    """Train or resume, then print the metrics on people who were held out."""
    run = out or Path("runs") / folders[0].resolve().stem
    words = ["triptych", "faces", "train", *folders, "--out", run, "--resume"]
    with going_on(run, shlex.join(map(str, words))), console.progress_bar() as progress:
        if resume:
            progress = announcing_growth(run, settings.get("epochs"), progress)
            result = resumed(run, folder=folders, encoder=encoder, progress=progress, **settings)
        else:
            start = encoder or SCRATCH
            result = trained(folders, out=out, encoder=start, progress=progress, **settings)
    if not is_rank_zero():
        return
    print_skipped(result.refused)
    identities = load_people(folders)
    for note in result.warnings:
        console.log(f"note: {note}")
    console.log(f"Trained in {result.seconds:.0f} s. Run: {result.folder}")
    if json:
        console.print_json({**result.holdout.to_dict(), **unread(identities)})
    else:
        console.print_table(str(result.folder), result.metrics, notes=result.holdout.definitions)


def omniglot(runs: Path, encoder: str, device: str, *, json: bool) -> None:
    """Print how many characters are recognised after one example."""
    result = evaluate_one_shot(runs, load_encoder(encoder, device=device))
    if json:
        console.print_json(result.to_dict())
    else:
        values = result.to_dict()
        console.print_table(
            f"{runs.name}, {result.trials} drawings", values["metrics"], notes=values["definitions"]
        )
