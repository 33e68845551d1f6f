"""What `triptych style paint` does: paint what is asked for, keep it, tell of it."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ...frame.errors import ConfigError, DataError, RunError
from ...frame.progress import ProgressCallback
from ...frame.storage import images, run_folder
from ...frame.storage.files import check_writable
from ...style.job.job import TransferJob
from ...style.job.run_folder import FRAMES, GIF, MP4, SHEET, RunFolder, finished, load_job
from ...style.job.runner import RunResult, run
from ...style.job.session import JobSession, check_resumable, open_session
from ...style.job.snapshots import Snapshots
from .. import console
from ..output_files import check_apart
from ..signals import stoppable
from .job_flags import Asked, commission_of, settled
from .masks import mask_reader

PICTURE = Path("picture.png")


@dataclass(frozen=True)
class Keeping:
    """Where the picture goes, and what else is kept."""

    out: Path | None
    run: Path | None = None
    every: float | None = None
    gif: bool = False
    mp4: bool = False

    def check(self, commission: TransferJob) -> None:
        """Raise, before anything is painted, what would be raised afterwards; and ConfigError
        where a picture would be painted over one that it is made from."""
        if self.out:
            check_apart(map(Path, commission.input_files.values()), [self.out])
            images.format_of(self.out)
            check_writable(self.out)
        if self.run:
            return
        if self.gif or self.mp4:
            raise ConfigError("--gif and --mp4 are written into a run folder. Add --run FOLDER.")
        if self.every is not None:
            raise ConfigError("--checkpoint is that of a run folder. Add --run FOLDER.")

    def films(self) -> list[tuple[Path, Callable[[Path], None]]]:
        """The films that are wanted of a run, and what writes each."""
        folder = self.run or Path()
        timeline = Snapshots(folder / FRAMES)
        both = {GIF: (self.gif, timeline.gif), MP4: (self.mp4, timeline.mp4)}
        return [(folder / name, write) for name, (wanted, write) in both.items() if wanted]


def paint(asked: Asked, keeping: Keeping, *, json: bool) -> None:
    """Paint one picture, or a sweep of several; a run that was stopped is gone on with.

    Raises KeyboardInterrupt where it was stopped, once the picture so far is kept."""
    if asked.resume:
        _resume(asked, keeping, json=json)
        return
    commission, facts = commission_of(asked)
    if asked.sweep:
        from .sweep import sweep

        sweep(settled(commission), asked.sweep, keeping, facts, json=json)
        return
    if not keeping.run and not keeping.out:
        keeping = replace(keeping, out=PICTURE)
    keeping.check(commission)
    with console.watching() as watch:
        canvas = open_session(
            settled(commission), read=mask_reader(commission.device), progress=watch
        )
        record = begun(canvas, keeping, facts)
        with held(keeping.run):
            done = _painted(canvas, record, keeping, watch)
    _tell(done, canvas, keeping, json=json)


def begun(canvas: JobSession, keeping: Keeping, facts: Mapping[str, Any]) -> RunFolder | None:
    """The run folder, opened, if one is asked for."""
    if not keeping.run:
        return None
    record = RunFolder(keeping.run, canvas, every=keeping.every)
    out = str(keeping.out.resolve()) if keeping.out else None
    record.begin({**facts, "out": out})
    return record


def held(folder: Path | None) -> AbstractContextManager[None]:
    """Keeps other processes out of a run folder, if there is one."""
    return run_folder.lock(folder) if folder else nullcontext()


def told(canvas: JobSession, done: RunResult) -> dict[str, Any]:
    """What came of a painting, as JSON."""
    height, width = done.picture.shape[:2]
    last = done.history[-1] if done.history else None
    return {
        "pictures": [str(place) for place in done.places],
        "width": width,
        "height": height,
        "finished": done.finished,
        "features": canvas.commission.features,
        "steps": len(done.history),
        "seconds": round(done.seconds, 2),
        "costs": {"total": last.total, **last.parts} if last else {},
    }


def _resume(asked: Asked, keeping: Keeping, *, json: bool) -> None:
    folder = keeping.run
    if not folder:
        raise ConfigError("--resume goes on with a run. Name it: --run FOLDER --resume.")
    if asked.pictures or asked.given or asked.branch or asked.sweep:
        raise ConfigError(
            "--resume goes on as the run was begun, so it takes no pictures and no settings. "
            f"To paint on with others: --from {folder}."
        )
    commission, facts = load_job(folder)
    if finished(folder) and keeping.films() and not keeping.out:
        with run_folder.lock(folder):
            _film(keeping, json=json)
        return
    out = keeping.out or (Path(facts["out"]) if facts.get("out") else None)
    keeping = replace(keeping, out=out)
    keeping.check(commission)
    with run_folder.lock(folder), console.watching() as watch:
        if finished(folder):
            raise ConfigError(f"The run in {folder} is finished. Paint on with --from.")
        canvas = open_session(commission, read=mask_reader(commission.device), progress=watch)
        for words in check_resumable(canvas, facts):
            console.note(f"note: {words}")
        record = RunFolder(folder, canvas, every=keeping.every)
        record.restore()
        done = _painted(canvas, record, keeping, watch)
    _tell(done, canvas, keeping, json=json)


def _film(keeping: Keeping, *, json: bool) -> None:
    """Show how a finished run came about, and tell where."""
    for path, write in keeping.films():
        write(path)
    places = [str(path) for path, _ in keeping.films()]
    if json:
        console.answer({"films": places, "run": str(keeping.run)})
    else:
        print(f"{', '.join(places)}: how {keeping.run} was painted")


def _painted(
    canvas: JobSession, record: RunFolder | None, keeping: Keeping, watch: ProgressCallback
) -> RunResult:
    with stoppable() as stop:
        done = run(canvas, keeping.out, record, stop=stop, progress=watch)
    if record and done.finished:
        if not (record.folder / SHEET).exists():
            console.note(f"note: No pictures are left in {record.folder / FRAMES} for a {SHEET}.")
        for path, write in keeping.films():
            try:
                write(path)
            except (DataError, RunError) as error:  # the picture is painted all the same
                console.note(f"note: {error}")
    return done


def _tell(done: RunResult, canvas: JobSession, keeping: Keeping, *, json: bool) -> None:
    answer = {**told(canvas, done), "run": str(keeping.run) if keeping.run else None}
    if json:
        console.answer(answer)
    else:
        places = ", ".join(map(str, done.places))
        print(
            f"{places}: {answer['width']}×{answer['height']}, {answer['steps']} steps with "
            f"{Path(answer['features']).name} in {done.seconds:.0f} s"
        )
    if not done.finished:
        note_how_to_go_on(keeping.run)
        raise KeyboardInterrupt


def note_how_to_go_on(folder: Path | None) -> None:
    """Say how a painting that was stopped goes on."""
    on = f"triptych style paint --run {folder} --resume"
    console.note(f"Go on with: {on}" if folder else "With --run FOLDER it could be gone on with.")
