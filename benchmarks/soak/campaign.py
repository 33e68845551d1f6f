"""Train undisturbed, train again with kills, and compare, until there were as many as wanted."""

import random
import subprocess
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from shutil import rmtree

from triptych.frame.storage.run_kind import RECORD

from .comparison import differences
from .moments import LIMIT, START, draw_moment, kill_at
from .processes import LoadedProcess, Process, fresh_process
from .subjects import Subject

MOST_KILLS = 6
FRESH = 0.2  # of the processes that are not to be killed as they load; the others have loaded
LOG = "stderr.txt"
MOST_MISSED = 2  # trainings that ended before the moment had come: a finished one is measured again


@dataclass
class Outcome:
    """One training, with its kills.

    Parameters:
        subject: what was trained.
        stages: epochs it was trained to, one after the other.
        kills: how often it was killed, by the kind of moment.
        problems: what differs from a training that nobody disturbed; what a command said that
            failed.
    """

    subject: str
    stages: tuple[int, ...]
    kills: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)


def run_campaign(
    subjects: Sequence[Subject], kills: int, seed: int, folder: Path, *, most: int = MOST_KILLS
) -> Iterator[Outcome]:
    """Trainings, one after the other, until they have been killed so often.

    Parameters:
        subjects: what is trained, in turn; each both in one stage, and finished and then gone on
            with to more epochs.
        kills: in all.
        seed: all chance follows from it; what a process has done by a moment does not.
        folder: for the runs, empty.
        most: kills of a training, or of each part of one that is gone on with.
    """
    rng = random.Random(seed)
    cases = [(subject, stages) for stages in ((4,), (2, 4)) for subject in subjects]
    expected: dict[int, tuple[Path, float]] = {}
    done = number = 0
    while done < kills:
        case = number % len(cases)
        subject, stages = cases[case]
        if case not in expected:
            expected[case] = _undisturbed(subject, stages, folder / f"whole-{case}" / "run")
        whole, seconds = expected[case]
        run = folder / f"killed-{number}" / "run"
        outcome = Outcome(subject.name, stages)
        for stage in stages:
            if not outcome.problems:
                left = min(most, kills - done - outcome.kills.total())
                _train_with_kills(subject, stage, run, outcome, rng, (seconds / len(stages), left))
        outcome.problems += [] if outcome.problems else differences(whole, run)
        if not outcome.problems:
            rmtree(run.parent)  # what is wrong is kept to be looked at
        done, number = done + outcome.kills.total(), number + 1
        yield outcome


def _undisturbed(subject: Subject, stages: tuple[int, ...], run: Path) -> tuple[Path, float]:
    """A run that nobody disturbs, and the seconds it takes."""
    started = time.monotonic()
    for stage in stages:
        if _start(subject, stage, run).wait(LIMIT):
            raise RuntimeError(f"{subject.name}, undisturbed: {_said(run)}")
    return run, time.monotonic() - started


def _train_with_kills(
    subject: Subject,
    epochs: int,
    run: Path,
    outcome: Outcome,
    rng: random.Random,
    limits: tuple[float, int],
) -> None:
    """Train to so many epochs, killed at random moments; once often enough, to the end.

    `limits` are the seconds it takes undisturbed, and the kills at most.
    """
    (seconds, most), kills, missed, done = limits, 0, 0, False
    while not done and not outcome.problems:
        done = kills >= most or missed >= MOST_MISSED
        moment = None if done else draw_moment(rng, seconds)
        fresh = (moment is not None and moment.kind == START) or rng.random() < FRESH
        process = _start(subject, epochs, run, fresh=fresh)
        try:
            killed = moment is not None and kill_at(moment, process, run, epochs)
            status = process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            process.kill()
            outcome.problems.append("hangs")
            return
        if killed and moment:
            kills += 1
            outcome.kills[moment.kind] += 1
        elif status:
            outcome.problems.append(f"exit {status}: {_said(run)}")
        else:
            missed += 1


def _start(subject: Subject, epochs: int, run: Path, *, fresh: bool = True) -> Process:
    """A process that begins a run, or goes on with it where there is one."""
    run.parent.mkdir(parents=True, exist_ok=True)
    go_on = ["--resume"] if (run / RECORD).exists() else []
    words = [*subject.words, "--epochs", str(epochs), "--out", str(run), *go_on]
    return (fresh_process if fresh else LoadedProcess)(words, run.parent / LOG)


def _said(run: Path) -> str:
    """The end of what the latest process said."""
    return (run.parent / LOG).read_text(errors="replace").strip()[-300:]
