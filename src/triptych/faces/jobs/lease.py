"""Leases on photos that are extended by a thread while their worker is at work."""

import os
import secrets
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import Event, Lock, Thread

from ...frame.errors import TriptychError
from ..gallery.database import Database
from . import queue
from .queue import Job


def worker_name() -> str:
    """What tells a process from all others, on whatever machine: "host:pid:chance"."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"


class Lease:
    """Photos that a worker has.

    `guard` is held by whoever writes to their rows, so that the two threads of a worker do not wait
    for each other's transactions.
    """

    def __init__(self, database: Database, worker: str, jobs: Sequence[Job], seconds: float):
        """
        Parameters:
            database: of the queue.
            worker: who has them.
            jobs: as they were taken.
            seconds: until others may take them; they are extended each third of it.
        """
        self._database, self._worker, self._seconds = database, worker, seconds
        self._ids = [job.id for job in jobs]
        self._over = Event()
        self.guard = Lock()

    @contextmanager
    def kept(self) -> Iterator[None]:
        """A block during which it does not run out. Where the block fails, the photos are given
        back, so that nobody waits for them."""
        thread = Thread(target=self._extend, name="lease", daemon=True)
        thread.start()
        try:
            yield
        except BaseException as error:
            tried = not isinstance(error, (TriptychError, KeyboardInterrupt))
            with suppress(TriptychError), self.guard, self._database.write_transaction() as there:
                queue.release_jobs(there, self._worker, self._ids, tried=tried)
            raise
        finally:
            self._over.set()
            thread.join()

    def _extend(self) -> None:
        while not self._over.wait(self._seconds / 3):
            # a database out of reach is told by the thread that works
            with suppress(TriptychError), self.guard, self._database.write_transaction() as there:
                queue.extend_leases(there, self._worker, self._ids, self._seconds)
