"""What two run folders differ in that should be the same."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch

from triptych.frame.training.checkpoints import check_checkpoint

TIMES = ("seconds", "waiting", "cpu_seconds")  # of metrics.json: of the last session only
UNLIKE = ("run.json", "report.html")  # name their folder and when they were made


def differences(expected: Path, run: Path) -> Iterator[str]:
    """Every file that is missing, left over or another, in words.

    Parameters:
        expected: the run that nobody disturbed.
        run: the one to compare.
    """
    names, found = _files(expected), _files(run)
    yield from (f"{name} is missing" for name in sorted(names - found))
    yield from (f"{name} is left over" for name in sorted(found - names))
    for name in sorted(names & found):
        before, after = expected / name, run / name
        if name.endswith(".ckpt"):
            yield from (f"{name}: {what}" for what in _checkpoint_differences(before, after))
        elif name.endswith("metrics.json"):
            if _results(before) != _results(after):
                yield f"{name} differs"
        elif name in UNLIKE:
            if not after.stat().st_size:
                yield f"{name} is empty"
        elif before.read_bytes() != after.read_bytes():
            yield f"{name} differs"


def _files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def _results(path: Path) -> dict[str, Any]:
    facts = json.loads(path.read_bytes())
    return {name: value for name, value in facts.items() if name not in TIMES}


def _checkpoint_differences(before: Path, after: Path) -> Iterator[str]:
    check_checkpoint(after)
    states = [torch.load(path, weights_only=True) for path in (before, after)]
    for part in ("state_dict", "optimizer_states", "lr_schedulers", "epoch", "global_step"):
        first, second = (_flat(state[part]) for state in states)
        if first != second:
            yield f"{part} differs"


def _flat(value: Any) -> Any:
    """A value with its tensors as bytes, to be compared."""
    if isinstance(value, torch.Tensor):
        return str(value.dtype), tuple(value.shape), value.contiguous().numpy().tobytes()
    if isinstance(value, dict):
        return {name: _flat(one) for name, one in value.items()}
    return [_flat(one) for one in value] if isinstance(value, (list, tuple)) else value
