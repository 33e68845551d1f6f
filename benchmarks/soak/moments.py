"""When a training is killed: by the clock, while a file is written, or as it is measured."""

import random
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from triptych.frame.storage.files import is_leftover
from triptych.frame.training.callbacks import HISTORY
from triptych.frame.training.checkpoints import CHECKPOINTS

from .processes import Process

PAUSE = 0.0005  # seconds between two looks: a file is half written for about as long
MEASURING = 2.5  # seconds that measuring, writing results and the report take, about
MOST_SKIPPED = 3  # files written in a folder before the one at which a process is killed
START = "start"
LIMIT = 600  # seconds: a process that takes longer hangs


@dataclass(frozen=True)
class Moment:
    """When a process is killed.

    Parameters:
        kind: in `KINDS`.
        seconds: after the start, or after the last epoch.
        place: the folder in the run in which a file is half written; empty for the run's own.
        skipped: files half written there before.
    """

    kind: str
    seconds: float = 0.0
    place: str = ""
    skipped: int = 0


def draw_moment(rng: random.Random, seconds: float) -> Moment:
    """A random moment.

    Parameters:
        rng: all chance comes from it.
        seconds: that a whole training takes.
    """
    kind = rng.choice(["clock", "clock", START, "file", "file", "measuring"])
    if kind == "file":
        place = rng.choice([CHECKPOINTS, CHECKPOINTS, "epochs", "", ""])
        return Moment(f"file in {place or 'run'}", 0.0, place, rng.randrange(MOST_SKIPPED))
    longest = {"clock": 0.7 * seconds, START: seconds / 3, "measuring": MEASURING}[kind]
    return Moment(kind, rng.uniform(0, longest))


def kill_at(moment: Moment, process: Process, run: Path, epochs: int) -> bool:
    """Kill a training at a moment; gives whether it came before the training had ended.

    Parameters:
        moment: when.
        process: that trains.
        run: its folder.
        epochs: it trains by then.

    Raises TimeoutExpired where it hangs.
    """
    started = time.monotonic()
    come = _watch(moment, run, epochs)
    while process.poll() is None:
        if time.monotonic() - started > LIMIT:
            raise subprocess.TimeoutExpired("triptych", LIMIT)
        if come():
            process.kill()
            return process.wait() < 0
        time.sleep(PAUSE)
    return False


def _watch(moment: Moment, run: Path, epochs: int) -> Callable[[], bool]:
    """A question to be asked again and again: whether the moment has come."""
    if moment.kind.startswith("file"):
        return _HalfWritten(run / moment.place, moment.skipped)
    due = time.monotonic() + moment.seconds
    if moment.kind != "measuring":
        return lambda: time.monotonic() >= due
    ended: list[float] = []

    def come() -> bool:
        if not ended and _rows(run) >= epochs:
            ended.append(time.monotonic())
        return bool(ended) and time.monotonic() >= ended[0] + moment.seconds

    return come


class _HalfWritten:
    """Whether so many files have been half written in a folder, and another is now."""

    def __init__(self, folder: Path, skipped: int):
        self.folder, self.skipped, self.seen = folder, skipped, set[str]()
        self.before = self._now()  # of a process killed before

    def __call__(self) -> bool:
        self.seen |= self._now() - self.before
        return len(self.seen) > self.skipped

    def _now(self) -> set[str]:
        try:
            return {path.name for path in self.folder.iterdir() if is_leftover(path)}
        except OSError:  # not made yet
            return set()


def _rows(run: Path) -> int:
    """The epochs in metrics.csv."""
    try:
        return len((run / HISTORY).read_bytes().splitlines()) - 1
    except OSError:
        return 0
