"""How many images a second the heads of many objects answer, beside ultralytics' smallest detector.

python -m venv PEER && PEER/bin/pip install -r benchmarks/peers/ultralytics.txt
python -m benchmarks.objects PEER/bin/python
"""

import json
import sys
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
import torch

from triptych.multitask import MultitaskModel, Predictor
from triptych.multitask.inference.torch_network import TorchNetwork
from triptych.multitask.model.backbone_selection import resolve_backbone, supported_options
from triptych.multitask.structures.info import DatasetInfo

from .machine import machine
from .peers.run import run_peer

SIZE, IMAGES, ROUNDS, THREADS = 320, 96, 3, 2


def ours(heads: list[str], backbone: str = "auto") -> dict[str, Any]:
    """Images a second of `Predictor.predict_batches` and of the network alone, random weights."""
    classes = tuple(f"class {number}" for number in range(3))
    info = DatasetInfo("objects", 3, SIZE, SIZE, ("boxes", "circles"), classes)
    options = supported_options({}, backbone, heads)
    network = TorchNetwork(MultitaskModel(info, heads, backbone, options), device="cpu")
    predictor = Predictor(network)
    pictures = [
        np.random.default_rng(number).integers(0, 255, (SIZE, SIZE, 3), np.uint8)
        for number in range(IMAGES)
    ]
    list(predictor.predict_batches(pictures[:16]))
    began = perf_counter()
    list(predictor.predict_batches(pictures))
    seconds = perf_counter() - began
    batch = torch.rand(16, 3, SIZE, SIZE).to(memory_format=torch.channels_last)
    with torch.inference_mode():
        network.model(batch)
        began = perf_counter()
        for _ in range(IMAGES // 16):
            network.model(batch)
        alone = perf_counter() - began
    return {
        "network": f"{resolve_backbone(backbone, heads)[0]}, {' and '.join(heads)}",
        "parameters": sum(one.numel() for one in network.model.parameters()),
        "predict": IMAGES / seconds,
        "alone": IMAGES // 16 * 16 / alone,
    }


def peer(interpreter: str) -> dict[str, Any]:
    """The same of the peer, in its own environment."""
    return run_peer(interpreter, "ultralytics_detector.py", SIZE, IMAGES, THREADS)


def main(interpreter: str) -> None:
    """Alternate the two, and print medians, ratios and the machine as JSON."""
    torch.set_num_threads(THREADS)
    subjects = {
        "peer": lambda: peer(interpreter),
        "boxes": lambda: ours(["boxes"]),
        "boxes and circles": lambda: ours(["boxes", "circles"]),
    }
    rounds = [{name: measure() for name, measure in subjects.items()} for _ in range(ROUNDS)]
    figures = {}
    for name in subjects:
        known = [one[name] for one in rounds]
        speeds = {key: round(median(one[key] for one in known), 1) for key in ("predict", "alone")}
        figures[name] = {**known[0], **speeds}
    for figure in figures.values():
        for key in ("predict", "alone"):
            figure[f"{key} ratio"] = round(figure[key] / figures["peer"][key], 2)
    print(json.dumps({"size": SIZE, **figures, "machine": machine()}, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main(sys.argv[1])
