"""Threads that share the processor's cores, instead of fighting for them."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import cv2
import torch

_lock = threading.Lock()
_users = 0
_before = (0, 0)


def available_cores() -> int:
    """Processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def shared_cores() -> Iterator[None]:
    """While photos are read by threads, OpenCV takes one core a call, and PyTorch half of all.

    Both settings are of the whole process; they are restored when the last who asked is done.
    """
    global _users, _before
    with _lock:
        if not _users:
            _before = cv2.getNumThreads(), torch.get_num_threads()
            cv2.setNumThreads(1)
            torch.set_num_threads(max(1, min(_before[1], available_cores() // 2)))
        _users += 1
    try:
        yield
    finally:
        with _lock:
            _users -= 1
            if not _users:
                cv2.setNumThreads(_before[0])
                torch.set_num_threads(_before[1])
