"""Runs that are stopped and gone on with: what the terminal says of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..frame.config import TrainingConfig
from ..frame.errors import TriptychError, WriteError
from ..frame.progress import ProgressCallback, ProgressEvent
from ..frame.storage import run_folder
from . import console
from .signals import StoppedError


@contextmanager
def going_on(folder: Path, command: str) -> Iterator[None]:
    """Within the block, a stop, or a file that cannot be written, ends with the command that goes
    on where there is a run by then.

    Parameters:
        folder: of the run.
        command: what goes on with it.

    Raises StoppedError in place of KeyboardInterrupt, and WriteError.
    """
    try:
        yield
    except KeyboardInterrupt as stop:
        if not (folder / run_folder.RECORD).exists():
            raise
        raise StoppedError(f"Go on with:  {command}") from stop
    except WriteError as error:  # the last epoch is whole
        if not (folder / run_folder.RECORD).exists():
            raise
        raise WriteError(f"{error} Once that is mended, go on with:  {command}") from error


def announcing_growth(folder: Path, epochs: object, progress: ProgressCallback) -> ProgressCallback:
    """A callback that says, before the first step, what becomes of the learning rate of a run that
    is given more epochs; how a finished one is gone on with, where it is given none; and that
    another number of CPU threads gives other weights.

    Parameters:
        folder: of the run.
        epochs: as typed; None where nothing was.
        progress: told of everything.
    """
    notes = [_growth_note(folder, epochs), _threads_note(folder)]

    def show(event: ProgressEvent) -> None:
        if event.task in ("train", "evaluate"):
            for note in filter(None, notes):
                console.log(note)
            notes.clear()
        progress(event)

    return show


def _threads_note(folder: Path) -> str:
    """That a run on the CPU goes on with another number of threads than it was begun with."""
    from ..frame.training.devices import resolve_device

    try:
        record = run_folder.read_record(folder)
        before, device = record["threads"], resolve_device(record["settings"]["device"])
    except (TriptychError, KeyError, TypeError, AttributeError):
        return ""  # told by the command itself, or a run that recorded none
    now = run_folder.cpu_threads()
    if device.type != "cpu" or before == now:
        return ""
    return (
        f"note: {folder} was begun with {before} CPU threads and goes on with {now}: sums are "
        "rounded in another order, so the weights will differ a little from those of a run that "
        f"was never stopped. For the same, set OMP_NUM_THREADS={before}."
    )


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
