"""Ctrl-C where work is to be kept: the first asks it to end, the second ends it at once. So does
SIGTERM, which `kill`, `timeout` and schedulers send."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)
STOPPED = 130  # what shells say of a program that Ctrl-C ended


@contextmanager
def stoppable() -> Iterator[Callable[[], bool]]:
    """Tells whether Ctrl-C was pressed, or SIGTERM came, within the block, which neither
    interrupts. A second one raises KeyboardInterrupt."""
    pressed = False  # no threading.Event: a signal within its lock would wait for itself

    def press(number: int, frame: FrameType | None) -> None:
        nonlocal pressed
        if pressed:
            raise KeyboardInterrupt
        pressed = True
        _say("Stopping after this step. Ctrl-C again stops at once.")

    if threading.current_thread() is not threading.main_thread():  # which alone hears signals
        yield lambda: pressed
        return
    before = {number: signal.signal(number, press) for number in SIGNALS}
    try:
        yield lambda: pressed
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def heeding() -> Iterator[None]:
    """Within the block Ctrl-C raises KeyboardInterrupt, but leaves at once while a module is
    imported: one that is half there cannot be imported again, and some swallow what is raised."""

    def press(number: int, frame: FrameType | None) -> None:
        if _importing(frame):
            _say("triptych: stopped.")
            os._exit(STOPPED)
        raise KeyboardInterrupt

    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    signal.signal(signal.SIGINT, press)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _importing(frame: FrameType | None) -> bool:
    while frame and not frame.f_code.co_filename.startswith("<frozen importlib"):
        frame = frame.f_back
    return frame is not None


def _say(text: str) -> None:
    """Say something on stderr, past its buffer, which a signal may have come in the middle of."""
    with suppress(OSError):
        os.write(2, f"{text}\n".encode())
