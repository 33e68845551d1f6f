"""Images a second, side by side with a bare PyTorch loop over the same network.

The bare loop is handed its batches ready made and does nothing but forward, loss, backward and
step; predictions are compared with the bare network on one tensor. The two take turns, and the
median of each and of the ratios is told, so that a machine that slows down slows both.
"""

from collections.abc import Sequence
from itertools import cycle, islice
from statistics import median
from time import perf_counter
from typing import Any

import torch

from triptych.frame.training.devices import uses_bf16
from triptych.multitask import Predictor
from triptych.multitask.engine.contact_sheets import first_batch, to_uint8

from .stopwatch import WARM_UP_STEPS, Subject, run_training

READY = 16  # batches held ready
PICTURES = 512  # predicted at a time


def speed(
    datasets: Sequence[str], source: str | None, steps: int, rounds: int
) -> list[dict[str, Any]]:
    """Two rows for each dataset: training and prediction."""
    rows = []
    for name in datasets:
        subject = Subject.named(name, source, steps)
        for work, ours, bare in (
            ("train", training(subject, steps), bare_training(subject, steps)),
            ("predict", prediction(subject), bare_prediction(subject)),
        ):
            pairs = [(ours(), bare()) for _ in range(rounds)]
            rows.append(
                {
                    "dataset": name,
                    "work": work,
                    "triptych images/s": round(median(pair[0] for pair in pairs)),
                    "bare images/s": round(median(pair[1] for pair in pairs)),
                    "ratio": round(median(pair[0] / pair[1] for pair in pairs), 3),
                }
            )
    return rows


def training(subject: Subject, steps: int) -> Any:
    """Images a second of a training as triptych runs it."""

    def once() -> float:
        seconds = run_training(subject, steps).steps
        return subject.settings.batch * len(seconds) / sum(seconds)

    return once


def bare_training(subject: Subject, steps: int) -> Any:
    """Images a second of the loop one would write by hand."""
    size, data = subject.settings.batch, subject.dataset
    count = data.size("train")
    ready = [
        data.batch("train", torch.arange(number * size, (number + 1) * size) % count)
        for number in range(READY)
    ]
    images = [batch.images.contiguous(memory_format=torch.channels_last) for batch in ready]
    targets = [subject.lightning_module().model.targets(batch) for batch in ready]
    bf16 = uses_bf16(subject.settings.precision, "cpu")

    def once() -> float:
        lesson = subject.lightning_module()
        model, weights = lesson.model.train(), lesson.loss_weights
        optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, fused=True)
        begun = 0.0
        for step, number in enumerate(islice(cycle(range(READY)), steps + WARM_UP_STEPS)):
            if step == WARM_UP_STEPS:
                begun = perf_counter()
            optimizer.zero_grad()
            with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
                outputs = model(images[number])
            losses = [
                weights[name] * head.loss(outputs[name].float(), targets[number][name].values)
                for name, head in model.heads.items()
            ]
            torch.stack(losses).sum().backward()
            optimizer.step()
        return size * steps / (perf_counter() - begun)

    return once


def prediction(subject: Subject) -> Any:
    """Pictures a second from pixels to answers."""
    predictor = Predictor(subject.lightning_module().model, device="cpu")
    images = first_batch(subject.dataset, "test", PICTURES).images
    pictures = [to_uint8(image) for image in images]

    def once() -> float:
        begun = perf_counter()
        predictor.predict_all(pictures)
        return len(pictures) / (perf_counter() - begun)

    once()
    return once


def bare_prediction(subject: Subject) -> Any:
    """Images a second from a tensor to the network's outputs."""
    model = subject.lightning_module().model.eval()
    images = first_batch(subject.dataset, "test", PICTURES).images

    def once() -> float:
        begun = perf_counter()
        with torch.no_grad():
            for batch in images.split(256):
                model(batch)
        return len(images) / (perf_counter() - begun)

    once()
    return once
