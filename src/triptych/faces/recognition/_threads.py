"""Threads that share the processor's cores, instead of fighting for them."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import cv2

from ...frame.cores import available_cores

_lock = threading.Lock()
_users = 0
_before = (0, 0)


@contextmanager
def shared_cores() -> Iterator[None]:
    """While photos are read by threads, OpenCV takes one core a call, and PyTorch half of all.

    Both settings are of the whole process; they are restored when the last who asked is done.
    PyTorch is left alone where nothing has loaded it: importing it takes a second.
    """
    global _users, _before
    torch = sys.modules.get("torch")
    with _lock:
        if not _users:
            _before = cv2.getNumThreads(), torch.get_num_threads() if torch else 0
            cv2.setNumThreads(1)
            if torch:
                torch.set_num_threads(max(1, min(_before[1], available_cores() // 2)))
        _users += 1
    try:
        yield
    finally:
        with _lock:
            _users -= 1
            if not _users:
                cv2.setNumThreads(_before[0])
                if torch and _before[1]:
                    torch.set_num_threads(_before[1])
