"""What a network costs: parameters, multiply-adds, and milliseconds an image on this machine."""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

import torch
from torch.utils.flop_counter import FlopCounterMode

from .multitask_model import MultitaskModel
from .tracing import count_parameters

REPETITIONS = 5  # of which the fastest counts: others were disturbed
MOST_SECONDS = 2.0  # for all of them, but for the first two


@dataclass(frozen=True)
class NetworkCost:
    """What a backbone with its heads costs.

    Parameters:
        backbone: its name.
        pretrained_on: the images its weights were learned on before; empty for random weights.
        parameters: how many there are.
        multiply_adds: of one image.
        milliseconds: for one image alone on `device`, the fastest of a few passes.
        height: of the image in pixels, as is `width`.
        width: of the image.
        device: where that was measured.
    """

    backbone: str
    pretrained_on: str
    parameters: int
    multiply_adds: int
    milliseconds: float
    height: int
    width: int
    device: str

    def __str__(self) -> str:
        weights = f" with weights from {self.pretrained_on}" if self.pretrained_on else ""
        return (
            f"Backbone {self.backbone}{weights}: {self.parameters / 1e6:.2f} million parameters, "
            f"{self.multiply_adds / 1e9:.3f} billion multiply-adds and {self.milliseconds:.1f} ms "
            f"an image of {self.width}×{self.height} here ({self.device})."
        )


def measure_cost(
    model: MultitaskModel, device: torch.device, pretrained_on: str = ""
) -> NetworkCost:
    """Count and time a model on one black image; it stays as it was, on the device.

    Parameters:
        model: backbone and heads.
        device: where it is timed.
        pretrained_on: the images its weights were learned on before.
    """
    info, training = model.info, {part: part.training for part in model.modules()}
    model.to_device(device).eval()
    with torch.no_grad():
        image = torch.zeros(1, info.channels, info.height, info.width, device=device)
        image = image.to(memory_format=torch.channels_last)
        with FlopCounterMode(display=False) as counter:
            model(image)
        milliseconds = _milliseconds(lambda: model(image), device)
    for part, was in training.items():
        part.training = was
    return NetworkCost(
        backbone=model.backbone_name + "".join(f"-{s}" for s in [model.options.get("size")] if s),
        pretrained_on=pretrained_on,
        parameters=count_parameters(model),
        multiply_adds=counter.get_total_flops() // 2,  # a multiply-add is two operations
        milliseconds=round(milliseconds, 2),
        height=info.height,
        width=info.width,
        device=device.type,
    )


def _milliseconds(work: Callable[[], object], device: torch.device) -> float:
    work()  # the first pass is slower
    seconds: list[float] = []
    while len(seconds) < REPETITIONS and (not seconds or sum(seconds) < MOST_SECONDS):
        started = perf_counter()
        work()
        if device.type != "cpu":
            torch.accelerator.synchronize(device)
        seconds.append(perf_counter() - started)
    return 1000 * min(seconds)
