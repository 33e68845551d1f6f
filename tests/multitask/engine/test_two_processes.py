"""Two processes on the CPU train as one does: the same losses and metrics of the same batches."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

import triptych

SCRIPT = '''
import json, os, sys
import torch
from lightning.pytorch.callbacks import Callback
from triptych import multitask
from triptych.multitask import Batch, Dataset, DatasetInfo
from triptych.multitask.engine import gradient_points
from triptych.multitask.structures.batch import Target

gradient_points.measured_each = lambda heads, batches: 3

SIZES = {"train": 70, "validation": 23, "test": 12}


class Shapes(Dataset):
    """Bars that lie or stand, of three lengths; each truth is known of some images only."""

    info = DatasetInfo("shapes", 1, 16, 16, ("label", "attribute", "mask"),
                       classes=("lying", "standing"), attributes=("short", "middle", "long"))

    @classmethod
    def open(cls, source, options=None, **others):
        return cls(options, **others)

    @classmethod
    def default_source(cls):
        return "none"

    def size(self, split):
        return SIZES[split]

    def fingerprint(self):
        return "0123456789abcdef"

    def make_batch(self, split, indices, rng):
        masks, label, attribute = [], indices % 2, indices // 2 % 3
        for number, stands, length in zip(indices.tolist(), label.tolist(), attribute.tolist()):
            mask = torch.zeros(16, 16, dtype=torch.bool)
            mask[7 - number % 3 : 9, 3 : 6 + 4 * length] = True
            masks.append(mask.T if stands else mask)
        mask = torch.stack(masks)
        noise = torch.stack([torch.rand(16, 16, generator=torch.Generator().manual_seed(n))
                             for n in indices.tolist()])
        images = 0.7 * mask + 0.3 * noise
        return Batch.of(
            images[:, None].double(), indices, label=label,
            attribute=Target(attribute, indices % 5 < 3), mask=Target(mask, indices % 7 > 3),
        )


class Double(Callback):
    """Trains in float64, for Adam makes much of how gradients near 0 are rounded."""

    def setup(self, trainer, pl_module, stage):
        pl_module.double()

    def on_train_epoch_start(self, trainer, pl_module):
        if trainer.current_epoch == stop:
            os._exit(0)


settings = {"batch": 16, "epochs": 3, "precision": "fp32", "device": "cpu"}
settings |= json.loads(sys.argv[2])
stop, more = settings.pop("stop", None), {"callbacks": [Double()], "progress": False}
if settings.pop("resume", False):
    multitask.resume(sys.argv[1], dataset=Shapes(), **more)
else:
    options = {"base_channels": 8, "max_channels": 16}
    multitask.train(Shapes(), out=sys.argv[1], backbone_options=options, **more, **settings)
'''


def train(folder: Path, **settings: Any) -> Path:
    script = folder.parent / "script.py"
    script.write_text(SCRIPT)
    source = str(Path(triptych.__file__).parents[1])
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": source}
    words = [sys.executable, str(script), str(folder), json.dumps(settings)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=300, env=environment)
    assert done.returncode == 0, done.stderr
    return folder


def rows(path: Path) -> list[dict[str, float]]:
    with path.open() as file:
        return [{n: float(v) for n, v in row.items() if v} for row in csv.DictReader(file)]


def check_same(one: Path, other: Path, near: float) -> None:
    for name in ("metrics.csv", "points.csv"):
        first, second = rows(one / name), rows(other / name)
        assert len(first) == len(second)
        for expected, row in zip(first, second):
            assert row == pytest.approx(expected, rel=near, abs=near)
    first, second = (json.loads((run / "metrics.json").read_bytes()) for run in (one, other))
    assert second["metrics"] == pytest.approx(first["metrics"], abs=near)
    weights, others = (load_file(run / "model.safetensors") for run in (one, other))
    # what tells the unknown inverts a covariance of few images, which magnifies any rounding
    for name in (name for name in weights if not name.startswith("novelty")):
        tensor = weights[name]
        torch.testing.assert_close(others[name], tensor, rtol=10 * near, atol=10 * near)


def test_two_processes_give_the_losses_of_one(tmp_path: Path):
    one, two = train(tmp_path / "one"), train(tmp_path / "two", devices=2)
    check_same(one, two, 1e-6)


def test_accumulated_batches_stopped_and_resumed_end_with_the_same_weights(tmp_path: Path):
    whole = train(tmp_path / "whole", accumulate=3)
    stopped = train(tmp_path / "stopped", accumulate=3, stop=1)
    resumed = train(stopped, resume=True)
    weights = [(run / "model.safetensors").read_bytes() for run in (whole, resumed)]
    assert weights[0] == weights[1]
    assert (whole / "metrics.csv").read_bytes() == (resumed / "metrics.csv").read_bytes()
    assert json.loads((whole / "run.json").read_bytes())["settings"]["accumulate"] == 3


@pytest.mark.parametrize("method", ["gradnorm", "uncertainty"])
def test_two_processes_learn_the_weights_of_one(tmp_path: Path, method: str):
    one = train(tmp_path / "one", head_balance=method)
    two = train(tmp_path / "two", head_balance=method, devices=2)
    check_same(one, two, 1e-6)
    known = [json.loads((run / "metrics.json").read_bytes())["head_weights"] for run in (one, two)]
    assert known[1] == pytest.approx(known[0], rel=1e-3)
    gradients = [rows(run / "gradients.csv") for run in (one, two)]
    for expected, row in zip(*gradients, strict=True):
        assert row == pytest.approx(expected, rel=1e-5, abs=1e-5)
