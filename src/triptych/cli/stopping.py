"""Ctrl-C where work is to be kept: the first asks it to end, the second ends it at once. So does
SIGTERM, which `kill`, `timeout` and schedulers send."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from . import terminal

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stoppable() -> Iterator[Callable[[], bool]]:
    """Tells whether Ctrl-C was pressed, or SIGTERM came, within the block, which neither
    interrupts. A second one raises KeyboardInterrupt."""
    pressed = threading.Event()

    def press(number: int, frame: Any) -> None:
        if pressed.is_set():
            raise KeyboardInterrupt
        pressed.set()
        terminal.note("Stopping after this step. Ctrl-C again stops at once.")

    if threading.current_thread() is not threading.main_thread():  # which alone hears signals
        yield pressed.is_set
        return
    before = {number: signal.signal(number, press) for number in SIGNALS}
    try:
        yield pressed.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
