"""The batch that fits memory at hand and leaves an epoch enough steps."""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from ....frame.config import TrainingConfig
from ....frame.errors import ConfigError
from ....frame.memory import available_memory
from ...data.dataset import Dataset
from ...structures.batch import Batch
from ..lightning_module import MultitaskModule

LEAST_STEPS = 8  # an epoch: of fewer the schedule has too few places
SMALLEST_STEP = 8  # images, whatever the steps: batch norms of fewer are noise
SMALLEST_BATCH = 2  # images: batch norms need two
PROBE = 4  # images whose memory is measured
OVERHEAD = 2.0  # times what a step keeps for its backward pass: gradients and workspaces beside it
WEIGHT_COPIES = 5  # weights, gradients, two moments, average
SHARE = 0.7  # of the memory at hand that a step may take
GIB = 2**30


@dataclass(frozen=True)
class BatchChoice:
    """A batch, and why.

    Parameters:
        batch: images that are in memory at once.
        accumulate: batches a step.
        usual: images a step that the dataset recommends.
        images: of the training part.
        image_bytes: of a step for each image, as estimated; 0 where it was tried instead.
        available: bytes at hand; None where the system does not say.
    """

    batch: int
    accumulate: int
    usual: int
    images: int
    image_bytes: int = 0
    available: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """Its fields, ready for JSON."""
        return dict(vars(self))

    def __str__(self) -> str:
        """The batch and why, in one line."""
        step = self.batch * self.accumulate
        text = f"Batch {self.batch}"
        if self.accumulate > 1:
            text += f", {self.accumulate} of them a step"
        steps = max(self.images // step, 1)
        why = f"an epoch of {self.images:,} training images has {steps:,} steps"
        if self.image_bytes and self.available is not None:
            need, there = self.batch * self.image_bytes / GIB, self.available / GIB
            why += f", and a batch takes about {need:.2g} of {there:.3g} GiB at hand"
        return f"{text}: {why}."


def choose_batch(
    module: MultitaskModule,
    data: Dataset,
    config: TrainingConfig,
    *,
    usual: int,
    limit: int | None = None,
) -> BatchChoice:
    """The largest batch, `usual` halved again and again, that fits memory.

    Where the training part is small, a step has fewer images than usual, for eight steps an epoch.
    Where memory is, the step stays as large, of several batches. On the CPU the memory of a step is
    estimated from one of four images, on an accelerator a step is tried.

    Parameters:
        module: that will be trained; it stays as it is.
        data: the images, on the device.
        config: `accumulate` is kept, and multiplied where memory needs it.
        usual: images a step that the dataset recommends.
        limit: training images that are used.

    Raises ConfigError where not even two images fit, and for several devices.
    """
    if config.devices * config.num_nodes > 1:
        raise ConfigError("A batch is found on one device only. Name one: --batch 32.")
    images = min(data.size("train"), limit or data.size("train"))
    step = usual
    while step // 2 >= SMALLEST_STEP and images // (step * config.accumulate) < LEAST_STEPS:
        step //= 2
    step = max(min(step, images), SMALLEST_BATCH)
    if data.device.type == "cpu":
        available = available_memory()
        fixed, image_bytes = step_bytes(module, data.batch("train", torch.arange(min(PROBE, step))))
        room = float("inf") if available is None else SHARE * available - fixed
        batch = _largest(step, lambda count: count * image_bytes <= room)
    else:
        available, image_bytes = None, 0
        batch = _largest(step, lambda count: step_fits(module, data, count))
    accumulate = config.accumulate * -(-step // batch)
    return BatchChoice(batch, accumulate, usual, images, image_bytes, available)


def _largest(step: int, fits: Callable[[int], bool]) -> int:
    """The largest count that fits, of a step halved again and again."""
    count = step
    while not fits(count):
        if count <= SMALLEST_BATCH:
            raise ConfigError(
                f"Not even {SMALLEST_BATCH} images of a step fit the memory at hand. Close other "
                "programs, take smaller images (--set size=128), or a smaller --backbone."
            )
        count = max(count // 2, SMALLEST_BATCH)
    return count


def step_bytes(module: MultitaskModule, batch: Batch) -> tuple[int, int]:
    """About how many bytes a training step takes in float32: of the weights, and of each image.

    Parameters:
        module: stays as it is.
        batch: a few images with their targets.
    """
    tried = copy.deepcopy(module).train()
    weights = {value.untyped_storage().data_ptr() for value in tried.parameters()}
    kept: dict[int, int] = {}

    def keep(value: Tensor) -> Tensor:
        storage = value.untyped_storage()
        if storage.data_ptr() not in weights:
            kept[storage.data_ptr()] = storage.nbytes()
        return value

    with torch.random.fork_rng(devices=[]):
        with torch.autograd.graph.saved_tensors_hooks(keep, lambda value: value):
            loss = _loss(tried, batch)
        loss.backward()
    given = [batch.images, *(target.values for target in batch.targets.values())]
    own = sum(value.nbytes for value in given)
    fixed = WEIGHT_COPIES * sum(value.nbytes for value in tried.parameters())
    return fixed, int((OVERHEAD * sum(kept.values()) + own) / len(batch))


def step_fits(module: MultitaskModule, data: Dataset, count: int) -> bool:
    """Whether an accelerator's memory holds a training step.

    Parameters:
        module: stays as it is.
        data: on the accelerator.
        count: images of the batch.
    """
    device = data.device
    tried = copy.deepcopy(module).to(device).train()
    optimizer = torch.optim.AdamW(tried.parameters())
    index = [torch.accelerator.current_device_index()] if device.type != "cpu" else []
    try:
        with torch.random.fork_rng(devices=index, device_type=device.type):
            for _ in range(2):  # the second finds the optimizer's moments in memory
                _loss(tried, data.batch("train", torch.arange(count))).backward()
                optimizer.step()
        return True
    except torch.OutOfMemoryError:
        return False
    finally:
        del tried, optimizer
        if device.type == "cuda":
            torch.cuda.empty_cache()


def _loss(module: MultitaskModule, batch: Batch) -> Tensor:
    return module.total(module.losses(module.model(batch.images), batch, weighted=True))
