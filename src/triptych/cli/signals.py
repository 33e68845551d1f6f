"""Ctrl-C and SIGTERM: the first asks work to stop after its step, the second stops it at once.

SIGTERM is what `kill`, `timeout` and schedulers send.
"""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)
STOPPED = 130  # exit status of a program that Ctrl-C ended, as shells give it


class StoppedError(Exception):
    """A command that Ctrl-C ended, with what to type to go on. It exits as `STOPPED` says."""


@contextmanager
def stop_requested() -> Iterator[Callable[[], bool]]:
    """Within the block, a first Ctrl-C or SIGTERM interrupts nothing: it is only remembered.

    Gives a function that says whether one came. A second one raises KeyboardInterrupt.
    """
    requested = False  # no threading.Event: a signal within its lock would wait for itself

    def handler(number: int, frame: FrameType | None) -> None:
        nonlocal requested
        if requested:
            raise KeyboardInterrupt
        requested = True
        _write_stderr("Stopping after this step. Ctrl-C again stops at once.")

    if threading.current_thread() is not threading.main_thread():  # only that one gets signals
        yield lambda: requested
        return
    previous = {number: signal.signal(number, handler) for number in SIGNALS}
    try:
        yield lambda: requested
    finally:
        for number, before in previous.items():
            signal.signal(number, before)


@contextmanager
def interruptible() -> Iterator[None]:
    """Within the block Ctrl-C raises KeyboardInterrupt, or ends the process during an import.

    A module interrupted while it is imported cannot be imported again, and some swallow the
    exception, so there the process exits at once with status `STOPPED`.
    """

    def handler(number: int, frame: FrameType | None) -> None:
        if _is_importing(frame):
            _write_stderr("triptych: stopped.")
            os._exit(STOPPED)
        raise KeyboardInterrupt

    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _is_importing(frame: FrameType | None) -> bool:
    while frame and not frame.f_code.co_filename.startswith("<frozen importlib"):
        frame = frame.f_back
    return frame is not None


def _write_stderr(text: str) -> None:
    """Write a line past the buffer of sys.stderr, which a signal may have interrupted."""
    with suppress(OSError):
        os.write(2, f"{text}\n".encode())
