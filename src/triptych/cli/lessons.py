"""`triptych faces train`, and what an encoder of characters is measured by."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..faces.characters import one_shot
from ..faces.opening import open_encoder
from ..faces.training import resume as resumed
from ..faces.training import train as trained
from ..frame.fitting import leads
from . import terminal
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
    with terminal.watching() as watch:
        if resume:
            done = resumed(out or Path("runs") / folders[0].stem, watch=watch)
        else:
            done = trained(folders, out=out, encoder=encoder, watch=watch, **settings)
    if not leads():
        return
    refusals(done.refused)
    for note in done.notes:
        terminal.note(f"note: {note}")
    terminal.note(f"Trained in {done.seconds:.0f} s. Run: {done.folder}")
    if json:
        terminal.answer(done.exam.json())
    else:
        terminal.table(str(done.folder), done.metrics, notes=done.exam.definitions)


def characters(runs: Path, encoder: str, device: str, *, json: bool) -> None:
    """Tell how many characters are told rightly after one look."""
    found = one_shot(runs, open_encoder(encoder, device=device))
    if json:
        terminal.answer(found.json())
    else:
        told = found.json()
        terminal.table(
            f"{runs.name}, {found.trials} drawings", told["metrics"], notes=told["definitions"]
        )
