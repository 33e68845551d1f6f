"""How long runtimes take for an image of an exported file: python -m benchmarks.runtimes FILE.onnx

Their calls take turns, so that a busy machine slows all of them; the fastest of each counts.
"""

import argparse
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from triptych.frame.errors import MissingDependencyError
from triptych.multitask.deployment.agreement import Run
from triptych.multitask.deployment.onnx_run import onnx_card, onnx_run
from triptych.multitask.deployment.openvino_ir import openvino_run, to_openvino

BATCHES = 1, 16


def runtimes(content: bytes, seconds: float, batches: tuple[int, ...] = BATCHES) -> list[Any]:
    """A row for each size of a batch: milliseconds an image, by the runtime.

    Parameters:
        content: of an exported ONNX file.
        seconds: how long each size is called again and again.
        batches: the sizes.
    """
    card = onnx_card(content)
    runs: dict[str, Run] = {"onnxruntime": onnx_run(content)}
    try:
        runs["openvino"] = openvino_run(to_openvino(content, card))
    except MissingDependencyError as error:
        print(error)
    info = card["info"]
    size = info["height"], info["width"], 3 if info["input"] == "image" else info["channels"]
    rng = np.random.default_rng(0)
    rows = []
    for count in batches:
        images = rng.integers(0, 256, (count, *size), np.uint8)
        fastest = {name: min(_timed(run, images) for _ in range(2)) for name, run in runs.items()}
        until = perf_counter() + seconds
        while perf_counter() < until:
            fastest = {n: min(best, _timed(runs[n], images)) for n, best in fastest.items()}
        each = {f"{n} ms": round(1000 * best / count, 2) for n, best in fastest.items()}
        rows.append({"images at once": count, **each})
    return rows


def _timed(run: Run, images: np.ndarray) -> float:
    begun = perf_counter()
    run(images)
    return perf_counter() - begun


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Milliseconds an image, by the runtime.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--seconds", type=float, default=10)
    choice = parser.parse_args()
    for row in runtimes(choice.file.read_bytes(), choice.seconds):
        print(row)
