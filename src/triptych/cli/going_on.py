"""Runs that are stopped and gone on with: what the terminal says of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..frame.config import TrainingConfig
from ..frame.errors import TriptychError
from ..frame.progress import ProgressCallback, ProgressEvent
from ..frame.storage import run_folder
from . import console
from .signals import StoppedError


@contextmanager
def going_on(folder: Path, command: str) -> Iterator[None]:
    """Within the block, a stop ends with the command that goes on where there is a run by then.

    Parameters:
        folder: of the run.
        command: what goes on with it.

    Raises StoppedError in place of KeyboardInterrupt.
    """
    try:
        yield
    except KeyboardInterrupt as stop:
        if not (folder / run_folder.RECORD).exists():
            raise
        raise StoppedError(f"Go on with:  {command}") from stop


def announcing_growth(folder: Path, epochs: object, progress: ProgressCallback) -> ProgressCallback:
    """A callback that says, before the first step, what becomes of the learning rate of a run that
    is given more epochs; and how a finished one is gone on with, where it is given none.

    Parameters:
        folder: of the run.
        epochs: as typed; None where nothing was.
        progress: told of everything.
    """
    note = _growth_note(folder, epochs)

    def show(event: ProgressEvent) -> None:
        nonlocal note
        if note and event.task in ("train", "evaluate"):
            console.log(note)
            note = ""
        progress(event)

    return show


def _growth_note(folder: Path, epochs: object) -> str:
    from ..frame.training.resume import growth_note

    try:
        record = run_folder.read_record(folder)
        before = TrainingConfig.merge(record["settings"]).epochs
        now = TrainingConfig.merge({"epochs": before}, {"epochs": epochs}).epochs
    except (TriptychError, KeyError, TypeError, AttributeError):
        return ""  # told by the command itself
    if now > before:
        return growth_note(before, now)
    if (folder / run_folder.RESULTS).exists():
        return (
            f"{folder} has had its {before} epochs: it is measured again. --epochs {2 * before} "
            "would go on."
        )
    return ""
