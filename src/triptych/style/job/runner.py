"""Run a style-transfer job to the end or until stopped; save the image even if a step fails."""

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from math import log
from pathlib import Path
from tempfile import mkstemp
from time import perf_counter

from ...frame.errors import WriteError
from ...frame.progress import ProgressCallback, ProgressEvent, no_progress
from ...frame.storage import images
from ..imaging.transparency import PaintedPixels
from ..optimization.config import StepLog
from ..optimization.style_optimizer import StyleOptimizer
from .job import IMAGE
from .run_folder import RunFolder
from .session import JobSession

SAVE_EVERY = 20.0  # seconds between two times that the picture so far is saved
RECENT_STEPS = 6  # steps whose time tells how long the next will take
DEFAULT_SCALING_POWER = (
    0.8  # power of the pixels that a step takes long by, where only one scale has been seen
)
MIN_SECONDS = 1e-6  # seconds a step takes at least


@dataclass(frozen=True, eq=False)
class RunResult:
    """What a run ended with.

    Parameters:
        image: the painting; where it was stopped, the best so far.
        paths: the files that hold the image.
        history: a row a step.
        seconds: of all steps.
        finished: False where it was stopped.
    """

    image: PaintedPixels
    paths: tuple[Path, ...]
    history: tuple[StepLog, ...]
    seconds: float
    finished: bool


def never() -> bool:
    """Never stop."""
    return False


def run(
    session: JobSession,
    out: Path | None = None,
    record: RunFolder | None = None,
    *,
    stop: Callable[[], bool] = never,
    progress: ProgressCallback = no_progress,
) -> RunResult:
    """Paint to the end, or until `stop` says so after a step; save the image at every scale and now
    and then between.

    Parameters:
        session: the job, opened.
        out: a file to write the image to.
        record: a run folder to write to as well.
        stop: asked after each step.
        progress: told of each step.

    Raises WriteError at the end where the image could not be saved at its path, and says where else
    it is. What cannot be written on the way is tried again later. Whatever a step raises, the image
    is saved as it was before.
    """
    optimizer, reporter = session.optimizer, ProgressReporter(session.optimizer, progress)
    places = [place for place in (out, record and record.folder / IMAGE) if place]
    try:
        _run_steps(session, record, places, reporter, stop)
    except BaseException:  # Ctrl-C in a step, or memory that ran out
        with suppress(Exception):
            if optimizer.history:
                save_or_fallback(session.image, places)
        raise
    image = session.image
    try:
        save_or_fallback(image, places)
    except WriteError:
        with suppress(WriteError):
            _finish_or_checkpoint(record, optimizer)
        raise
    _finish_or_checkpoint(record, optimizer)
    return RunResult(
        image, tuple(places), tuple(optimizer.history), optimizer.seconds, optimizer.finished
    )


def _run_steps(
    session: JobSession,
    record: RunFolder | None,
    paths: list[Path],
    reporter: "ProgressReporter",
    stop: Callable[[], bool],
) -> None:
    """Paint until it is finished or stopped, and write what can be written on the way."""
    optimizer, saved = session.optimizer, perf_counter()
    while not optimizer.finished and not stop():
        before = optimizer.scale
        row = optimizer.step()
        reporter.report(row)
        if record:
            with suppress(WriteError):
                record.record_step(row)
            with suppress(WriteError):
                if record.due:
                    record.checkpoint()
        if optimizer.scale != before or perf_counter() - saved > SAVE_EVERY:
            with suppress(WriteError):
                _save(session.image, paths)
            saved = perf_counter()


def save_or_fallback(image: PaintedPixels, paths: list[Path]) -> None:
    """Save an image at all paths; where one fails, somewhere else.

    Parameters:
        image: RGB or RGBA, uint8.
        paths: to write it to.

    Raises WriteError that says where it was saved instead.
    """
    try:
        _save(image, paths)
    except WriteError as error:
        fallback = next(
            (place for place in paths if _try_save(image, place)), None
        ) or _save_to_temp(image)
        if fallback is None:
            raise
        raise WriteError(f"{error} The picture is kept in {fallback}.") from error


def _save_to_temp(image: PaintedPixels) -> Path | None:
    """Save an image among the system's temporary files, in one that nobody else writes to."""
    try:
        handle, name = mkstemp(prefix="triptych-", suffix=".png")
    except OSError:
        return None
    os.close(handle)
    if _try_save(image, Path(name)):
        return Path(name)
    Path(name).unlink(missing_ok=True)
    return None


def _try_save(image: PaintedPixels, path: Path) -> bool:
    try:
        images.save(path, image)
    except WriteError:
        return False
    return True


def _finish_or_checkpoint(record: RunFolder | None, optimizer: StyleOptimizer) -> None:
    """Leave a run folder that is finished, or one to go on from. Raises WriteError, which says that
    nothing is lost.
    """
    if not record:
        return
    try:
        record.finish(optimizer.seconds) if optimizer.finished else record.checkpoint()
    except WriteError as error:
        raise WriteError(
            f"{error} The picture is kept in {record.folder / IMAGE}. Make room; --run "
            f"{record.folder} --resume then finishes the run."
        ) from error


def _save(image: PaintedPixels, paths: list[Path]) -> None:
    for place in paths:
        images.save(place, image)


class ProgressReporter:
    """Reports each step to a callback: a task for each scale, the losses, and the seconds left.

    Parameters:
        optimizer: whose steps are reported.
        progress: the callback.
    """

    def __init__(self, optimizer: StyleOptimizer, progress: ProgressCallback):
        self.optimizer, self.progress = optimizer, progress
        self.scale = optimizer.scale

    def report(self, row: StepLog) -> None:
        """Report one step."""
        scales = self.optimizer.scales
        if row.scale != self.scale:  # where nothing more could be done, it ended early
            ended = scales[self.scale]
            size = max(ended.height, ended.width)
            self.progress(ProgressEvent(f"paint {size} px", ended.steps, ended.steps))
            self.scale = row.scale
        left = self.seconds_left(row)
        figures = {} if left is None else {"seconds left": left}
        figures |= {"total": row.total, **row.parts}
        self.progress(
            ProgressEvent(f"paint {row.size} px", row.step, scales[row.scale].steps, figures)
        )

    def seconds_left(self, row: StepLog) -> float | None:
        """Seconds until it is finished; None where nothing can be said yet.

        Larger scales are taken to be as much slower, for their pixels, as this one is than the
        last.
        """
        scales, paces = self.optimizer.scales, self._seconds_per_step()
        if not paces:
            return None
        pixels = [scale.height * scale.width for scale in scales]
        here, power = max(paces), DEFAULT_SCALING_POWER
        if here - 1 in paces and pixels[here] > pixels[here - 1]:
            slower = log(paces[here] / paces[here - 1]) / log(pixels[here] / pixels[here - 1])
            power = min(max(slower, 0.0), 1.0)
        steps = {place: scales[place].steps for place in range(row.scale, len(scales))}
        steps[row.scale] -= row.step
        ahead = sum(count * (pixels[at] / pixels[here]) ** power for at, count in steps.items())
        return paces[here] * ahead

    def _seconds_per_step(self) -> dict[int, float]:
        """Seconds a step took lately, by scale; the first of a scale has more to do than others."""
        seconds: dict[int, list[float]] = {}
        for row in self.optimizer.history:
            seconds.setdefault(row.scale, []).append(row.seconds)
        lately = {scale: each[1:][-RECENT_STEPS:] for scale, each in seconds.items()}
        return {
            scale: max(MIN_SECONDS, (each[-1] - each[0]) / (len(each) - 1))
            for scale, each in lately.items()
            if len(each) > 1
        }
