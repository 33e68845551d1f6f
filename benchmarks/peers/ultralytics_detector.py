"""Images a second of ultralytics' smallest detector, in an environment of its own.

Run by `benchmarks/objects.py` with another interpreter; prints JSON. The network has random
weights, which is as fast as any: nothing is fetched. It is end-to-end and needs no suppression, so
torchvision, which ultralytics imports for that, is not used.
"""

import importlib.machinery
import json
import sys
import types
from time import perf_counter

if "torchvision" not in sys.modules:  # its wheels do not fit PyTorch's builds for CPUs
    stub = types.ModuleType("torchvision")
    stub.__spec__ = importlib.machinery.ModuleSpec("torchvision", None)
    stub.__version__ = "0"  # pyright: ignore
    sys.modules["torchvision"] = stub

import numpy as np
import torch
import ultralytics  # pyright: ignore  # in an environment of its own

NETWORK = "yolo26n.yaml"


def main(size: int, images: int, threads: int) -> None:
    """Print images a second of `predict` and of the network alone."""
    torch.set_num_threads(threads)
    pictures = [
        np.random.default_rng(number).integers(0, 255, (size, size, 3), np.uint8)
        for number in range(images)
    ]
    model = ultralytics.YOLO(NETWORK)
    settings = {"imgsz": size, "batch": 16, "verbose": False, "device": "cpu"}
    model.predict(pictures[:16], **settings)
    began = perf_counter()
    model.predict(pictures, **settings)
    seconds = perf_counter() - began
    network = model.model.eval()  # pyright: ignore
    batch = torch.rand(16, 3, size, size)
    with torch.inference_mode():
        network(batch)
        began = perf_counter()
        for _ in range(images // 16):
            network(batch)
        alone = perf_counter() - began
    figures = {
        "version": ultralytics.__version__,
        "network": NETWORK.removesuffix(".yaml"),
        "parameters": sum(one.numel() for one in network.parameters()),
        "predict": images / seconds,
        "alone": images // 16 * 16 / alone,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:4]))
