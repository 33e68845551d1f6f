"""Run cases in a process of its own, which is replaced where one crashes or does not end."""

import multiprocessing
import os
import random
import resource
import shutil
import tempfile
import time
import traceback
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from triptych.frame.errors import TriptychError

from .mutate import mutate

LIMIT_SECONDS, LIMIT_MB = 5, 2048
START_SECONDS = 120  # in which a process has to load what it reads with


@dataclass(frozen=True)
class Case:
    """How one damaged file was dealt with.

    Parameters:
        number: by which it is repeated.
        reader: in `READERS`.
        outcome: "read", "refused", or what went wrong: "traceback", "crash", "slow", "memory",
            "several lines".
        detail: of what went wrong.
        seconds: that it took.
        megabytes: most that the process held so far.
    """

    number: int
    reader: str
    outcome: str
    detail: str = ""
    seconds: float = 0.0
    megabytes: int = 0

    @property
    def is_well(self) -> bool:
        """Whether it was read or refused as it should be."""
        return self.outcome in ("read", "refused")


def run_campaign(numbers: Iterable[int], seed: int) -> Iterator[Case]:
    """Each case in turn.

    Parameters:
        numbers: of the cases.
        seed: all chance follows from it.
    """
    context = multiprocessing.get_context("spawn")
    todo = list(numbers)
    while todo:
        here, there = context.Pipe()
        process = context.Process(target=_work, args=(there, todo, seed), daemon=True)
        process.start()
        there.close()
        patience = START_SECONDS
        while todo and here.poll(patience):
            try:
                case = here.recv()
            except EOFError:
                break
            if case is not None:  # None: the process is ready
                todo.remove(case.number)
                yield case
            patience = LIMIT_SECONDS + 1
        process.join(0.1 if todo else 0)
        code = process.exitcode
        process.kill()
        process.join()
        if todo:
            ended = ("slow", "no end") if code is None else ("crash", f"exit {code}")
            yield Case(todo.pop(0), "?", *ended)


def _most_memory() -> int:
    """Bytes that this process held at most; what `getrusage` says includes the parent's."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(status.read_text().split("VmHWM:")[1].split()[0]) << 10


def _work(results: Connection, numbers: list[int], seed: int) -> None:
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["TRIPTYCH_CACHE"] = f"{scratch}/cache"
        whole = Path(scratch, "whole")
        write_examples(whole)
        results.send(None)
        for number in numbers:
            results.send(run_case(number, seed, whole, Path(scratch, "case")))


def write_examples(whole: Path) -> None:
    """Write the example of every reader into a folder of its name.

    Parameters:
        whole: new.
    """
    from .readers import READERS

    for name, reader in READERS.items():
        (whole / name).mkdir(parents=True)
        reader.write(whole / name)


def run_case(number: int, seed: int, whole: Path, folder: Path) -> Case:
    """Damage one file of a copy of an example, and read it.

    Parameters:
        number: of the case; which reader, which file and what damage follow from it.
        seed: as does all chance.
        whole: the examples, as `write_examples` wrote them.
        folder: where the copy lies; it is made anew.
    """
    from .readers import READERS

    chance = random.Random(f"{seed} {number}")
    name = chance.choice(list(READERS))
    reader = READERS[name]
    shutil.rmtree(folder, ignore_errors=True)
    files = sorted(path for path in (whole / name).rglob("*") if path.is_file())
    damaged = chance.choice(files)
    if name == "pictures":  # of which each stands alone
        folder.mkdir()
        shutil.copy(damaged, folder)
    else:
        shutil.copytree(whole / name, folder)
    target = folder / damaged.relative_to(whole / name)
    target.write_bytes(mutate(damaged.read_bytes(), chance))
    began = time.monotonic()
    outcome, detail = "read", ""
    try:
        reader.read(folder)
    except TriptychError as error:
        outcome, detail = "refused", str(error)
        if "\n" in detail or not detail:
            outcome = "several lines"
    except Exception:
        outcome, detail = "traceback", f"{target.name}: {traceback.format_exc(limit=-4)}"
    seconds = time.monotonic() - began
    megabytes = _most_memory() >> 20
    if seconds > LIMIT_SECONDS:
        outcome = "slow"
    elif megabytes > LIMIT_MB:
        outcome = "memory"
    return Case(number, name, outcome, detail, seconds, megabytes)
