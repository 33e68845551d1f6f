"""The run folder of a transfer: all to repeat it, to resume it, and to see how it came about."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any

from annotated_types import Ge, MinLen
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from ...frame.config import validate
from ...frame.errors import ConfigError, DataError, RunError, WriteError
from ...frame.storage import run_folder
from ...frame.storage.files import atomic_write, write_bytes, write_json
from ...frame.storage.run_kind import PAINTING, check_kind
from ..optimization.config import StepLog
from .job import CHECKPOINT_EVERY, IMAGE, File, TransferJob
from .loss_log import plot_losses, read_loss_csv, write_loss_csv
from .session import JobSession
from .snapshots import Snapshots, snapshot_steps

LOSSES, CURVES, SHEET = "costs.csv", "curves.png", "timeline.png"
CHECKPOINT, FRAMES, GIF, MP4 = "checkpoint.safetensors", "timeline", "timeline.gif", "timeline.mp4"
FORK_START = "start.png"
CHECKPOINT_FRACTION = 0.05  # of the time


class RunFolder:
    """Writes a transfer into a run folder while it is painted: snapshots, and checkpoints from
    which it resumes exactly.

    Parameters:
        folder: of the run.
        session: the transfer.
        every: seconds between checkpoints; None: `CHECKPOINT_EVERY`.
    """

    def __init__(self, folder: Path, session: JobSession, *, every: float | None = None):
        self.folder, self.session = folder, session
        self.every = CHECKPOINT_EVERY if every is None else every
        self.snapshots = Snapshots(folder / FRAMES)
        self.last_checkpoint = perf_counter()
        self.checkpoint_seconds = 0.0

    def begin(self, facts: Mapping[str, Any]) -> None:
        """Create the folder for a new run, and write run.json.

        Parameters:
            facts: of the run, recorded beside the job.

        Raises ConfigError where another run is in it.
        """
        folder, job = run_folder.create(self.folder, "--run", [FORK_START]), self.session.job
        own = {"painting": job.to_dict(), **self.session.facts()}
        if "from" in facts and job.start:  # a copy, for the other run may go on
            start = folder.resolve() / FORK_START
            write_bytes(start, Path(job.start).read_bytes())
            own["painting"]["start"] = str(start)
        run_folder.write_record(folder, {**own, **facts})
        self.snapshots.save(0, 0, self._size(0), self.session.image)

    def restore(self) -> None:
        """Go on from the last checkpoint, where there is one. Raises RunError."""
        path = self.folder / CHECKPOINT
        if not path.exists():
            return
        damaged = f"{path} is damaged. Delete it to begin the run anew."
        try:
            with safe_open(path, "pt") as file:
                # a copy begins where vectors like to begin, and sums then round as they did
                state = {name: file.get_tensor(name).clone() for name in file.keys()}  # noqa: SIM118
                steps = int(file.metadata()["steps"])
        except (SafetensorError, OSError, ValueError, KeyError, TypeError) as error:
            raise RunError(damaged) from error
        rows = read_loss_csv(self.folder / LOSSES)
        if len(rows) < steps:
            raise RunError(f"{self.folder / LOSSES} lacks steps. Delete {path} to begin anew.")
        try:
            self.session.optimizer.restore(state, rows[: max(steps, 0)])
        except DataError as error:
            raise RunError(damaged) from error

    def record_step(self, row: StepLog) -> None:
        """Save a snapshot of this step, if it is due. Raises WriteError."""
        optimizer = self.session.optimizer
        if row.step in snapshot_steps(optimizer.scales[row.scale].steps) or optimizer.finished:
            self.snapshots.save(row.scale, row.step, row.size, self.session.image)

    @property
    def due(self) -> bool:
        """Whether it is time for a checkpoint."""
        pause = max(self.every, self.checkpoint_seconds / CHECKPOINT_FRACTION)
        return perf_counter() - self.last_checkpoint >= pause

    def checkpoint(self) -> None:
        """Write all that the next steps depend on. Raises WriteError."""
        started = self.last_checkpoint = (
            perf_counter()
        )  # first, lest a full disk be tried at every step
        optimizer = self.session.optimizer
        write_loss_csv(self.folder / LOSSES, optimizer.history)
        state = _unshare_storage(optimizer.state)
        with atomic_write(self.folder / CHECKPOINT) as beside:
            try:
                save_file(state, beside, {"steps": str(len(optimizer.history))})
            except SafetensorError as error:
                message = f"Cannot write {self.folder / CHECKPOINT}: {error}. Make room."
                raise WriteError(message) from error
        self.last_checkpoint = perf_counter()
        self.checkpoint_seconds = self.last_checkpoint - started

    def finish(self, seconds: float) -> None:
        """Write the losses, their plot, the snapshots and the results; the checkpoint is needed no
        more.

        Parameters:
            seconds: of the whole transfer.

        Raises WriteError.
        """
        rows = self.session.optimizer.history
        write_loss_csv(self.folder / LOSSES, rows)
        plot_losses(rows, self.folder / CURVES)
        with suppress(RunError):  # no frame is left to show
            self.snapshots.sheet(self.folder / SHEET, self.session.job.title)
        last = rows[-1]
        results = {"total": last.total, **last.parts}
        results |= {"steps": len(rows), "seconds": round(seconds, 2)}
        write_json(self.folder / run_folder.RESULTS, results)
        (self.folder / CHECKPOINT).unlink(missing_ok=True)

    def _size(self, scale: int) -> int:
        here = self.session.optimizer.scales[scale]
        return max(here.height, here.width)


def _unshare_storage(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors of a state, none within the memory of another: safetensors refuses those."""
    separate: dict[str, Tensor] = {}
    for name, value in state.items():
        shared = any(value.data_ptr() == other.data_ptr() for other in separate.values())
        separate[name] = value.clone() if shared else value.contiguous()
    return separate


@dataclass(frozen=True)
class RecordFacts:
    """What run.json must hold beside the job, to go on.

    Parameters:
        sha256: of each input file, by what it is.
        steps: at each scale.
        out: where else the image is written.
    """

    sha256: dict[str, str]  # of each of the commission's pictures
    steps: Annotated[tuple[Annotated[int, Ge(1)], ...], MinLen(1)]  # at each scale
    out: File | None = None


def load_job(folder: Path) -> tuple[TransferJob, dict[str, Any]]:
    """The job in a run folder, and all else that its run.json holds.

    Raises RunError where there is none.
    """
    if not (folder / run_folder.RECORD).exists():
        raise RunError(f"{folder} holds no run. `style paint` keeps one with --run {folder}.")
    facts, path = run_folder.read_record(folder, PAINTING), folder / run_folder.RECORD
    if not isinstance(facts.get("painting"), dict):
        check_kind(folder, PAINTING)
        raise RunError(f"{folder} is no run of `style paint`. Name another folder.")
    try:
        facts |= vars(validate(RecordFacts, facts))
    except ConfigError as error:
        raise RunError(f"{path} is damaged. {error} Paint anew in another folder.") from error
    return TransferJob.from_dict(facts["painting"], path), facts


def finished(folder: Path) -> bool:
    """Whether the transfer in a run folder is done."""
    return (folder / run_folder.RESULTS).exists()


def fork_job(folder: Path, changes: Mapping[str, Any]) -> TransferJob:
    """A job that begins from another run's image, with other settings.

    Parameters:
        folder: of the other run.
        changes: settings by name; where they name no steps, the scales that the run has not
            finished are painted, or the last one.

    Raises RunError where nothing has been painted, and what `TransferJob.with_changes` raises.
    """
    job, facts = load_job(folder)
    start = folder / IMAGE
    if not start.exists():
        raise RunError(f"{folder} holds no picture yet. Resume it first: --run {folder} --resume.")
    if "start" in changes or "init" in changes:
        raise ConfigError("--from begins from the run's picture. Leave out --init.")
    left = _remaining_steps(folder, facts)
    started = {"init": "image", "start": str(start.resolve()), "steps": left}
    return job.with_changes({**started, **changes})


def _remaining_steps(folder: Path, facts: Mapping[str, Any]) -> tuple[int, ...]:
    """The steps of the scales not finished, or of the last one."""
    if finished(folder):
        return facts["steps"][-1:]
    rows = read_loss_csv(folder / LOSSES)
    left = facts["steps"][rows[-1].scale if rows else 0 :]
    if not left:
        raise RunError(f"{folder / LOSSES} is of another painting. Paint anew in another folder.")
    return left
