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
from ..optimization.config import Row
from ..optimization.style_optimizer import Painter
from .run_folder import PICTURE, Record
from .session import Canvas, Pixels

SAVING = 20.0  # seconds between two times that the picture so far is saved
LOOKED = 6  # steps whose time tells how long the next will take
USUAL = 0.8  # power of the pixels that a step takes long by, where only one scale has been seen
TINY = 1e-6  # seconds a step takes at least


@dataclass(frozen=True, eq=False)
class Executed:
    """What came of it. `places` are the files that hold the picture; `finished` is False where it
    was stopped, and the picture then the best so far."""

    picture: Pixels
    places: tuple[Path, ...]
    history: tuple[Row, ...]
    seconds: float
    finished: bool


def never() -> bool:
    """Nobody asks to stop."""
    return False


def execute(
    canvas: Canvas,
    out: Path | None = None,
    record: Record | None = None,
    *,
    stop: Callable[[], bool] = never,
    watch: ProgressCallback = no_progress,
) -> Executed:
    """Paint to the end, or until `stop` says so after a step; keep the picture in `out` and in
    the run folder, at every scale and now and then between.

    Raises WriteError at the end where the picture could not be kept at its place, and says where
    else it is. What cannot be kept on the way is tried again later. Whatever a step raises, the
    picture is kept as it was before."""
    painter, progress = canvas.painter, Progress(canvas.painter, watch)
    places = [place for place in (out, record and record.folder / PICTURE) if place]
    try:
        _painted(canvas, record, places, progress, stop)
    except BaseException:  # Ctrl-C in a step, or memory that ran out
        with suppress(Exception):
            if painter.history:
                rescue(canvas.picture, places)
        raise
    picture = canvas.picture
    try:
        rescue(picture, places)
    except WriteError:
        with suppress(WriteError):
            _conclude(record, painter)
        raise
    _conclude(record, painter)
    return Executed(
        picture, tuple(places), tuple(painter.history), painter.seconds, painter.finished
    )


def _painted(
    canvas: Canvas,
    record: Record | None,
    places: list[Path],
    progress: "Progress",
    stop: Callable[[], bool],
) -> None:
    """Paint until it is finished or stopped, and keep what can be kept on the way."""
    painter, saved = canvas.painter, perf_counter()
    while not painter.finished and not stop():
        before = painter.scale
        row = painter.step()
        progress.tell(row)
        if record:
            with suppress(WriteError):
                record.see(row)
            with suppress(WriteError):
                if record.due:
                    record.checkpoint()
        if painter.scale != before or perf_counter() - saved > SAVING:
            with suppress(WriteError):
                _save(canvas.picture, places)
            saved = perf_counter()


def rescue(picture: Pixels, places: list[Path]) -> None:
    """Keep a picture at all places; where one fails, it must not be lost.

    Raises WriteError that says where it was kept instead."""
    try:
        _save(picture, places)
    except WriteError as error:
        kept = next((place for place in places if _saved(picture, place)), None) or _spared(picture)
        if kept is None:
            raise
        raise WriteError(f"{error} The picture is kept in {kept}.") from error


def _spared(picture: Pixels) -> Path | None:
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


def _conclude(record: Record | None, painter: Painter) -> None:
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

    def __init__(self, painter: Painter, watch: ProgressCallback):
        self.painter, self.watch = painter, watch
        self.scale = painter.scale

    def tell(self, row: Row) -> None:
        scales = self.painter.scales
        if row.scale != self.scale:  # where nothing more could be done, it ended early
            ended = scales[self.scale]
            size = max(ended.height, ended.width)
            self.watch(ProgressEvent(f"paint {size} px", ended.steps, ended.steps))
            self.scale = row.scale
        left = self.left(row)
        figures = {} if left is None else {"seconds left": left}
        figures |= {"total": row.total, **row.parts}
        self.watch(
            ProgressEvent(f"paint {row.size} px", row.step, scales[row.scale].steps, figures)
        )

    def left(self, row: Row) -> float | None:
        """Seconds until it is finished. Larger scales are taken to be as much slower, for their
        pixels, as this one is than the last. None where nothing can be told yet."""
        scales, paces = self.painter.scales, self._paces()
        if not paces:
            return None
        pixels = [scale.height * scale.width for scale in scales]
        here, power = max(paces), USUAL
        if here - 1 in paces and pixels[here] > pixels[here - 1]:
            slower = log(paces[here] / paces[here - 1]) / log(pixels[here] / pixels[here - 1])
            power = min(max(slower, 0.0), 1.0)
        steps = {place: scales[place].steps for place in range(row.scale, len(scales))}
        steps[row.scale] -= row.step
        ahead = sum(count * (pixels[at] / pixels[here]) ** power for at, count in steps.items())
        return paces[here] * ahead

    def _paces(self) -> dict[int, float]:
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
