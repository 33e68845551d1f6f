"""Seconds of training to the course projects' figures, beside their own networks in Keras.

python -m venv PEER && PEER/bin/pip install -r benchmarks/peers/keras.txt
python -m benchmarks.courses PEER/bin/python [RECIPE ...] [--seconds 300] [--rounds 3]

Both learn from the same images of the same source and are judged on the same validation images, by
each's own figures, which tests hold against each other. Keras is handed its images ready made, as
arrays; triptych makes its own as it trains. It trains for as few images as a setting of `SHORT`
says; those were chosen by validation figures.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import torch

from triptych import multitask
from triptych.multitask.data.dataset import Dataset, Split

from .machine import machine
from .peers.run import run_peer

TRAINED, HELD_OUT = 60_000, 2000  # images that Keras is handed, at most
AT_ONCE = 500


@dataclass(frozen=True)
class Recipe:
    """A course project.

    Parameters:
        targets: what its network learns.
        figure: its main one, of validation images.
        goal: what the project reached.
        short: a training of ours that reaches it, as arguments of `multitask.train`.
    """

    targets: tuple[str, ...]
    figure: str
    goal: float
    short: Mapping[str, Any]


RECIPES = {
    "foreground-digits": Recipe(
        ("mask",), "mask/jaccard", 0.9935, {"epochs": 1, "limit": 9000, "batch": 32}
    ),
    "circled-digits": Recipe(
        ("label", "circle"),
        "circle/iou_when_right",
        0.71,
        {"epochs": 1, "limit": 6000, "batch": 32},
    ),
    "mosaic-digits": Recipe(
        ("semantic",), "semantic/jaccard", 0.97, {"epochs": 1, "limit": 12_000, "batch": 16}
    ),
    "emoji": Recipe(("label", "box"), "box/iou", 0.407, {"epochs": 1, "limit": 2000}),
    "colored-digits": Recipe(
        ("label", "attribute"), "digit/accuracy", 0.98, {"epochs": 1, "batch": 32}
    ),
}
"""Of the digits in color the projects state no figure; 0.98 is ours."""


def arrays(data: Dataset, targets: Sequence[str], split: Split, most: int) -> dict[str, np.ndarray]:
    """Images (count, height, width, channels), uint8, and their targets, by name.

    Parameters:
        data: on the CPU.
        targets: names of those that are wanted.
        split: of it.
        most: images at most; those of the first epoch.
    """
    count = min(most, data.size(split))
    parts: dict[str, list[np.ndarray]] = {}
    for rows in torch.arange(count).split(AT_ONCE):
        batch = data.batch(split, rows)
        pixels = (batch.images * 255).round().byte().permute(0, 2, 3, 1)
        parts.setdefault("images", []).append(pixels.numpy())
        for name in targets:
            values = batch[name]
            small = (
                values
                if values.is_floating_point() or values.dtype is torch.bool
                else values.byte()
            )
            parts.setdefault(name, []).append(small.numpy())
    return {f"{split}/{name}": np.concatenate(values) for name, values in parts.items()}


def write_data(name: str, source: str | None, path: Path) -> None:
    """What Keras learns from, as an .npz file.

    Parameters:
        name: of the dataset.
        source: of its images.
        path: of the file.
    """
    data, targets = multitask.open_dataset(name, source), RECIPES[name].targets
    parts = arrays(data, targets, "train", TRAINED)
    parts |= arrays(data, targets, "validation", HELD_OUT)
    np.savez(path, allow_pickle=False, **parts, classes=np.array(len(data.info.classes)))


def peer(interpreter: str, name: str, path: Path, seconds: float, threads: int) -> dict[str, Any]:
    """How Keras does, in its own environment: its curve, speeds and memory.

    Parameters:
        interpreter: of the environment.
        name: of the recipe.
        path: of the data.
        seconds: of training at most.
        threads: of the processor.
    """
    options = "--seconds", seconds, "--goal", RECIPES[name].goal, "--threads", threads
    return run_peer(interpreter, "keras_recipes.py", name, path, *options)


def ours(name: str, source: str | None, short: Mapping[str, Any]) -> dict[str, Any]:
    """Seconds of a training of ours, and its figure.

    Parameters:
        name: of the dataset.
        source: of its images.
        short: arguments of `multitask.train`.
    """
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "run")
        done = multitask.train(name, source=source, out=out, device="cpu", progress=False, **short)
        seconds = json.loads((out / "metrics.json").read_text())["seconds"]
        said = multitask.evaluate(out, split="validation", progress=False)
    assert done is not None
    return {"seconds": seconds, "figure": said.metrics[RECIPES[name].figure]}


def row(name: str, theirs: list[dict[str, Any]], own: list[dict[str, Any]]) -> dict[str, Any]:
    """A line of the table.

    Parameters:
        name: of the recipe.
        theirs: what `peer` gave, round by round.
        own: what `ours` gave, round by round.
    """
    recipe = RECIPES[name]
    ends = [one["curve"][-1] for one in theirs]
    reached = all(end[recipe.figure] >= recipe.goal for end in ends)
    keras = median(end["seconds"] for end in ends)
    mine = median(one["seconds"] for one in own)
    return {
        "recipe": name,
        "figure": recipe.figure,
        "goal": recipe.goal,
        "Keras seconds": round(keras, 1),
        "Keras figure": round(median(end[recipe.figure] for end in ends), 4),
        "Keras reached it": reached,
        "triptych seconds": round(mine, 1),
        "triptych figure": round(min(one["figure"] for one in own), 4),
        "sooner": round(keras / mine, 1),
    }


def main(arguments: argparse.Namespace) -> None:
    """Alternate the two, and print rows and the machine as JSON."""
    torch.set_num_threads(arguments.threads)
    rows, details = [], {}
    with tempfile.TemporaryDirectory() as folder:
        for name in arguments.recipes or RECIPES:
            path = Path(folder, f"{name}.npz")
            write_data(name, arguments.source, path)
            theirs, own = [], []
            for _ in range(arguments.rounds):
                options = path, arguments.seconds, arguments.threads
                theirs.append(peer(arguments.interpreter, name, *options))
                own.append(ours(name, arguments.source, RECIPES[name].short))
            path.unlink()
            rows.append(row(name, theirs, own))
            details[name] = {"keras": theirs, "triptych": own}
            print(rows[-1], file=sys.stderr)
    print(json.dumps({"rows": rows, "details": details, "machine": machine()}, indent=1))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("interpreter", help="Python of the environment with Keras")
    parser.add_argument("recipes", nargs="*", choices=[[], *RECIPES], help="default: all")
    parser.add_argument("--source", help="as in `triptych train`")
    parser.add_argument("--seconds", type=float, default=300, help="of Keras, at most")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    main(parser.parse_args())
