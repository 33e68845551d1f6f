"""What a transfer writes: images, run folders, animations."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...frame.errors import ConfigError
from ...frame.storage import images, run_folder
from ...frame.storage.files import check_writable
from ...style.job.job import TransferJob
from ...style.job.run_folder import FORK_START, FRAMES, GIF, MP4, RunFolder
from ...style.job.runner import RunResult
from ...style.job.session import JobSession
from ...style.job.snapshots import Snapshots
from .. import console
from ..output_files import check_not_overwriting


@dataclass(frozen=True)
class OutputOptions:
    """Where the image goes, and what else is written.

    Parameters:
        out: the image file.
        run: the run folder.
        every: seconds between checkpoints.
        gif, mp4: whether an animation is written.
    """

    out: Path | None
    run: Path | None = None
    every: float | None = None
    gif: bool = False
    mp4: bool = False

    def check(self, job: TransferJob) -> None:
        """Raise, before anything is painted, what would be raised afterwards; and ConfigError where
        an input file would be overwritten.
        """
        if self.out:
            check_not_overwriting(map(Path, job.input_files.values()), [self.out])
            images.format_of(self.out)
            check_writable(self.out)
        if self.run:
            return
        if self.gif or self.mp4:
            raise ConfigError("--gif and --mp4 are written into a run folder. Add --run FOLDER.")
        if self.every is not None:
            raise ConfigError("--checkpoint is that of a run folder. Add --run FOLDER.")

    def tell_alpha_lost(self, session: JobSession) -> None:
        """Say so where the content is transparent and the image file cannot hold that."""
        if self.out and session.content.alpha is not None:
            kind = images.format_of(self.out)
            if kind in images.WITHOUT_ALPHA:
                console.log(
                    f"note: {session.job.content} is transparent in places, which {kind} cannot "
                    f"hold: {self.out} is laid on white. Name it .png to keep them transparent."
                )

    def animations(self) -> list[tuple[Path, Callable[[Path], None]]]:
        """The animations that are wanted of a run, and what writes each."""
        folder = self.run or Path()
        timeline = Snapshots(folder / FRAMES)
        both = {GIF: (self.gif, timeline.gif), MP4: (self.mp4, timeline.mp4)}
        return [(folder / name, write) for name, (wanted, write) in both.items() if wanted]


def start_run(
    session: JobSession, output: OutputOptions, facts: Mapping[str, Any]
) -> RunFolder | None:
    """The run folder, begun, if one is wanted."""
    if not output.run:
        return None
    record = RunFolder(output.run, session, every=output.every)
    out = str(output.out.resolve()) if output.out else None
    record.begin({**facts, "out": out})
    return record


def beginning_run(folder: Path | None) -> AbstractContextManager[None]:
    """Makes a run folder and keeps other processes out of it, if one is wanted."""
    return run_folder.beginning(folder, "--run", [FORK_START]) if folder else nullcontext()


def result_dict(session: JobSession, result: RunResult) -> dict[str, Any]:
    """The result of a transfer, as JSON."""
    height, width = result.image.shape[:2]
    last = result.history[-1] if result.history else None
    return {
        "pictures": [str(place) for place in result.paths],
        "width": width,
        "height": height,
        "finished": result.finished,
        "features": session.job.features,
        "steps": len(result.history),
        "seconds": round(result.seconds, 2),
        "costs": {"total": last.total, **last.parts} if last else {},
    }


def print_resume_hint(folder: Path | None) -> None:
    """Say how a transfer that was stopped goes on."""
    on = f"triptych style paint --run {folder} --resume"
    console.log(f"Go on with: {on}" if folder else "With --run FOLDER it could be gone on with.")
