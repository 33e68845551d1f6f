"""What the figures were measured on."""

import os
import platform
from pathlib import Path
from typing import Any

import torch

from triptych.frame.training.devices import uses_bf16


def machine() -> dict[str, Any]:
    """Processor, cores, threads, versions, and whether training computes in bfloat16."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "load": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "bf16": uses_bf16("auto", "cpu"),
    }


def _processor() -> str:
    try:
        with Path("/proc/cpuinfo").open() as file:
            lines = [line.partition(":")[2].strip() for line in file if "model name" in line]
    except OSError:
        lines = []
    return lines[0] if lines else platform.processor() or platform.machine()
