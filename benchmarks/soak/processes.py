"""Processes that train: fresh ones, and ones that begin with everything imported."""

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Protocol

from triptych.cli.main import main

HEAVY = ("triptych.cli.multitask.train", "triptych.multitask.report.write")


class Process(Protocol):
    """A process, as `subprocess` has them."""

    def poll(self) -> int | None:
        """Its exit status; None while it runs."""

    def kill(self) -> None:
        """End it by SIGKILL."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; gives its exit status.

        Raises TimeoutExpired.
        """
        ...


def fresh_process(words: Sequence[str], log: Path) -> Process:
    """`triptych` as a user types it.

    Parameters:
        words: of the command line.
        log: the file that gets what is said.
    """
    with log.open("w") as file:
        return subprocess.Popen(
            [sys.executable, "-m", "triptych", *words],
            stdout=subprocess.DEVNULL,
            stderr=file,
            env={**os.environ, "OMP_NUM_THREADS": "1", "TRIPTYCH_OFFLINE": "1"},
        )


class LoadedProcess:
    """`triptych` in a copy of this process, which has imported everything: it saves seconds."""

    def __init__(self, words: Sequence[str], log: Path):
        """
        Parameters:
            words: of the command line.
            log: the file that gets what is said.
        """
        for name in HEAVY:
            import_module(name)
        context = multiprocessing.get_context("fork")
        self.process = context.Process(target=_typed, args=(words, log))
        self.process.start()

    def poll(self) -> int | None:
        """Its exit status; None while it runs."""
        return self.process.exitcode

    def kill(self) -> None:
        """End it by SIGKILL."""
        self.process.kill()

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; gives its exit status.

        Parameters:
            timeout: in seconds.

        Raises TimeoutExpired.
        """
        self.process.join(timeout)
        status = self.process.exitcode
        if status is None:
            raise subprocess.TimeoutExpired("triptych", timeout or 0.0)
        return status


def _typed(words: Sequence[str], log: Path) -> None:
    sys.argv = ["triptych", *words]
    os.environ["TRIPTYCH_OFFLINE"] = "1"
    with log.open("w") as file, open(os.devnull, "w") as nowhere:  # noqa: PTH123
        os.dup2(nowhere.fileno(), 1)
        os.dup2(file.fileno(), 2)
        main()
