"""Parts of a network that stay as they are, and parts that learn more slowly."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from torch import nn

from ..config import TrainingConfig


def freeze_first_(stages: Sequence[nn.Module], count: int) -> None:
    """Freeze the first of some stages, in place, and let the others learn.

    Nothing is computed for the gradients of frozen ones, and their batch norms keep the running
    statistics they have: they normalize by these, as in evaluation.

    Parameters:
        stages: in the order in which an image passes them.
        count: how many of them are frozen.
    """
    for number, stage in enumerate(stages):
        stage.requires_grad_(number >= count).train(number >= count)


def frozen_stages(config: TrainingConfig, stages: int, epoch: int) -> int:
    """How many of the first stages are frozen in an epoch: all, then those that always are.

    Parameters:
        config: its `freeze_epochs` and `freeze_stages` are used.
        stages: how many there are.
        epoch: counted from 0.
    """
    return stages if epoch < config.freeze_epochs else config.freeze_stages


def parameter_groups(
    module: nn.Module,
    config: TrainingConfig,
    stages: Sequence[nn.Module] = (),
    own_rates: Mapping[nn.Module, float] | None = None,
) -> list[dict[str, Any]]:
    """The parameters of a module as an optimizer takes them: each group with its weight decay and
    its highest learning rate.

    A stage learns at `layer_decay` of the rate of the next, and the last at that share of the rate
    of what is in no stage (Howard & Ruder 2018). Biases and norms are not decayed: there is nothing
    to keep small about an offset. Frozen parameters are left out.

    Parameters:
        module: whose parameters they are.
        config: its `lr`, `weight_decay` and `layer_decay` are used.
        stages: parts of the module in the order in which an image passes them.
        own_rates: highest learning rates of other parts, which do not follow `lr`.
    """
    special = {
        id(parameter): rate
        for part, rate in (own_rates or {}).items()
        for parameter in part.parameters()
    }
    depths = {
        id(parameter): len(stages) - number
        for number, stage in enumerate(stages)
        for parameter in stage.parameters()
    }
    trained = [parameter for parameter in module.parameters() if parameter.requires_grad]
    usual = {id(p): config.lr * config.layer_decay ** depths.get(id(p), 0) for p in trained}
    rates = [special.get(id(p), usual[id(p)]) for p in trained]

    def groups() -> Iterator[dict[str, Any]]:
        for rate in dict.fromkeys(sorted(rates, reverse=True)):
            own = [p for p, its in zip(trained, rates) if its == rate]
            matrices = [p for p in own if p.ndim > 1]
            rest = [p for p in own if p.ndim <= 1]
            yield {"params": matrices, "weight_decay": config.weight_decay, "max_lr": rate}
            yield {"params": rest, "weight_decay": 0.0, "max_lr": rate}

    return [*groups()]
