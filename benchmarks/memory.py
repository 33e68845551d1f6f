"""The memory a large painting takes, in a process of its own, and the budget it was given.

Only a few steps are painted, at the full size alone, but the optimiser remembers as many as it ever
will: so the peak is that of a whole painting.
"""

import json
import resource
import subprocess
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

import torch

from triptych.style.imaging.scales import resize
from triptych.style.objectives.build import build_method
from triptych.style.optimization.config import TransferConfig
from triptych.style.optimization.memory import MemoryLimited, limit_memory
from triptych.style.optimization.optimizers import Lbfgs
from triptych.style.optimization.style_optimizer import StyleOptimizer

from .style import CONTENT, PAINTING, sample

SIZE = 2048
STEPS = 2


def memory(features: str, budgets: tuple[str, ...] = ("4G",)) -> list[dict[str, Any]]:
    """A row for each budget: the peak of the process, its tiles, and the seconds of a step."""
    rows = []
    for budget in budgets:
        asked = [sys.executable, "-m", "benchmarks.memory", features, budget]
        done = subprocess.run(asked, check=True, capture_output=True, text=True)
        rows.append(json.loads(done.stdout.splitlines()[-1]))
    return rows


def measured(features: str, budget: str, size: int = SIZE) -> dict[str, Any]:
    """Paints a square, and tells what this process took at most."""
    method = limit_memory(build_method(features, device="cpu"), budget)
    content = resize(sample(CONTENT), size, size)
    painter = StyleOptimizer(
        content, [sample(PAINTING)], method, TransferConfig(size=size, steps=(STEPS,))
    )
    before, begun = peak(), perf_counter()
    painter.step()
    if isinstance(painter.optimizer, Lbfgs):
        flat = painter.optimizer.image.flatten()
        count = Lbfgs.history_size(flat.nbytes)
        known = [torch.rand_like(flat) for _ in range(count)]
        painter.optimizer.s_history, painter.optimizer.y_history = (
            known,
            [each.clone() for each in known],
        )
    for _ in painter:
        pass
    margin = painter.scale_inputs().content.shape
    tiles = (
        method.max_tile_side(margin[2], margin[3]) if isinstance(method, MemoryLimited) else None
    )
    return {
        "features": features,
        "size": size,
        "budget": budget,
        "before MB": round(before / 2**20),
        "peak MB": round(peak() / 2**20),
        "tiles px": tiles,
        "seconds a step": round((perf_counter() - begun) / len(painter.history), 1),
        "total": round(painter.history[-1].total, 5),
    }


def peak() -> int:
    """The most bytes this process held at once."""
    try:
        # the kernel's figure for the program itself; that of getrusage begins as its parent's
        status = Path("/proc/self/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024
    except (OSError, IndexError):
        found = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return found if sys.platform == "darwin" else found * 1024


if __name__ == "__main__":
    _, network, given = sys.argv
    print(json.dumps(measured(network, given)))
