"""How long `triptych --help` takes to answer."""

import subprocess
import sys
from statistics import median
from time import perf_counter
from typing import Any


def opening(rounds: int) -> list[dict[str, Any]]:
    """One row: the median and the longest of several starts, after one to warm up."""
    seconds = [_started() for _ in range(rounds + 1)][1:]
    return [
        {
            "command": "triptych --help",
            "median s": round(median(seconds), 3),
            "longest s": round(max(seconds), 3),
        }
    ]


def _started() -> float:
    begun = perf_counter()
    subprocess.run([sys.executable, "-m", "triptych", "--help"], check=True, capture_output=True)
    return perf_counter() - begun
