"""A commission carried out: painted step by step, and kept, whatever comes between."""

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
from ..optimization.config import StepLog
from ..optimization.style_optimizer import StyleOptimizer
from .run_folder import PICTURE, RunFolder
from .session import JobSession, Pixels

SAVING = 20.0  # seconds between two times that the picture so far is saved
LOOKED = 6  # steps whose time tells how long the next will take
DEFAULT_SCALING_POWER = (
    0.8  # power of the pixels that a step takes long by, where only one scale has been seen
)
TINY = 1e-6  # seconds a step takes at least


@dataclass(frozen=True, eq=False)
class RunResult:
    """What came of it. `places` are the files that hold the picture; `finished` is False where it
    was stopped, and the picture then the best so far."""

    picture: Pixels
    places: tuple[Path, ...]
    history: tuple[StepLog, ...]
    seconds: float
    finished: bool


def never() -> bool:
    """Nobody asks to stop."""
    return False


def run(
    session: JobSession,
    out: Path | None = None,
    record: RunFolder | None = None,
    *,
    stop: Callable[[], bool] = never,
    progress: ProgressCallback = no_progress,
) -> RunResult:
    """Paint to the end, or until `stop` says so after a step; keep the picture in `out` and in
    the run folder, at every scale and now and then between.

    Raises WriteError at the end where the picture could not be kept at its place, and says where
    else it is. What cannot be kept on the way is tried again later. Whatever a step raises, the
    picture is kept as it was before."""
    painter, reporter = session.painter, Progress(session.painter, progress)
    places = [place for place in (out, record and record.folder / PICTURE) if place]
    try:
        _painted(session, record, places, reporter, stop)
    except BaseException:  # Ctrl-C in a step, or memory that ran out
        with suppress(Exception):
            if painter.history:
                save_or_fallback(session.picture, places)
        raise
    picture = session.picture
    try:
        save_or_fallback(picture, places)
    except WriteError:
        with suppress(WriteError):
            _finish_or_checkpoint(record, painter)
        raise
    _finish_or_checkpoint(record, painter)
    return RunResult(
        picture, tuple(places), tuple(painter.history), painter.seconds, painter.finished
    )


def _painted(
    session: JobSession,
    record: RunFolder | None,
    places: list[Path],
    reporter: "Progress",
    stop: Callable[[], bool],
) -> None:
    """Paint until it is finished or stopped, and keep what can be kept on the way."""
    painter, saved = session.painter, perf_counter()
    while not painter.finished and not stop():
        before = painter.scale
        row = painter.step()
        reporter.tell(row)
        if record:
            with suppress(WriteError):
                record.record_step(row)
            with suppress(WriteError):
                if record.due:
                    record.checkpoint()
        if painter.scale != before or perf_counter() - saved > SAVING:
            with suppress(WriteError):
                _save(session.picture, places)
            saved = perf_counter()


def save_or_fallback(picture: Pixels, places: list[Path]) -> None:
    """Keep a picture at all places; where one fails, it must not be lost.

    Raises WriteError that says where it was kept instead."""
    try:
        _save(picture, places)
    except WriteError as error:
        kept = next((place for place in places if _saved(picture, place)), None) or _save_to_temp(
            picture
        )
        if kept is None:
            raise
        raise WriteError(f"{error} The picture is kept in {kept}.") from error


def _save_to_temp(picture: Pixels) -> Path | None:
    """Keep a picture among the system's temporary files, in one that nobody else writes to."""
    try:
        handle, name = mkstemp(prefix="triptych-", suffix=".png")
    except OSError:
        return None
    os.close(handle)
    if _saved(picture, Path(name)):
        return Path(name)
    Path(name).unlink(missing_ok=True)
    return None


def _saved(picture: Pixels, place: Path) -> bool:
    try:
        images.save(place, picture)
    except WriteError:
        return False
    return True


def _finish_or_checkpoint(record: RunFolder | None, painter: StyleOptimizer) -> None:
    """Leave a run folder that is finished, or one to go on from. Raises WriteError, which says
    that nothing is lost."""
    if not record:
        return
    try:
        record.finish(painter.seconds) if painter.finished else record.checkpoint()
    except WriteError as error:
        raise WriteError(
            f"{error} The picture is kept in {record.folder / PICTURE}. Make room; --run "
            f"{record.folder} --resume then finishes the run."
        ) from error


def _save(picture: Pixels, places: list[Path]) -> None:
    for place in places:
        images.save(place, picture)


class Progress:
    """Tells a watcher of each step: a task for each scale, the costs, and the seconds left."""

    def __init__(self, painter: StyleOptimizer, progress: ProgressCallback):
        self.painter, self.progress = painter, progress
        self.scale = painter.scale

    def tell(self, row: StepLog) -> None:
        scales = self.painter.scales
        if row.scale != self.scale:  # where nothing more could be done, it ended early
            ended = scales[self.scale]
            size = max(ended.height, ended.width)
            self.progress(ProgressEvent(f"paint {size} px", ended.steps, ended.steps))
            self.scale = row.scale
        left = self.left(row)
        figures = {} if left is None else {"seconds left": left}
        figures |= {"total": row.total, **row.parts}
        self.progress(
            ProgressEvent(f"paint {row.size} px", row.step, scales[row.scale].steps, figures)
        )

    def left(self, row: StepLog) -> float | None:
        """Seconds until it is finished. Larger scales are taken to be as much slower, for their
        pixels, as this one is than the last. None where nothing can be told yet."""
        scales, paces = self.painter.scales, self._seconds_per_step()
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
        for row in self.painter.history:
            seconds.setdefault(row.scale, []).append(row.seconds)
        lately = {scale: each[1:][-LOOKED:] for scale, each in seconds.items()}
        return {
            scale: max(TINY, (each[-1] - each[0]) / (len(each) - 1))
            for scale, each in lately.items()
            if len(each) > 1
        }
