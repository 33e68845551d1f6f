"""Ctrl-C where work is to be kept: the first asks it to end, the second ends it at once."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from . import terminal


@contextmanager
def stoppable() -> Iterator[Callable[[], bool]]:
    """Tells whether Ctrl-C was pressed within the block, which does not interrupt it. A second
    one raises KeyboardInterrupt."""
    pressed = threading.Event()

    def press(number: int, frame: Any) -> None:
        if pressed.is_set():
            raise KeyboardInterrupt
        pressed.set()
        terminal.note("Stopping after this step. Ctrl-C again stops at once.")

    if threading.current_thread() is not threading.main_thread():  # which alone hears signals
        yield pressed.is_set
        return
    before = signal.signal(signal.SIGINT, press)
    try:
        yield pressed.is_set
    finally:
        signal.signal(signal.SIGINT, before)
