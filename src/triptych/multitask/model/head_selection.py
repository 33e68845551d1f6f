"""Resolve names of heads and loss weights against the registry and the dataset."""

import math
from collections.abc import Mapping, Sequence

from ...frame.errors import ConfigError
from ...frame.registry import unknown_name_error
from ..heads import HEADS, head_class
from ..structures.info import DatasetInfo


def resolve_heads(info: DatasetInfo, heads: Sequence[str] | None) -> list[str]:
    """The names in `HEADS` of the heads asked for, each once.

    Parameters:
        info: of the dataset that has the targets.
        heads: names in `HEADS` or those that the dataset gives them ("digit" for "label"), or one
            string of them with commas; None or none at all means every head whose target the
            dataset has.

    Raises UnknownNameError for no such head, ConfigError for one whose target the dataset lacks.
    """
    supplied = [name for name in HEADS if HEADS[name].target_name in info.targets]
    supplied += [name for name in info.targets if ":" in name and name.partition(":")[0] in HEADS]
    if isinstance(heads, str):
        heads = [name.strip() for name in heads.split(",") if name.strip()]
    if not heads:
        return supplied
    for requested in heads:
        name = info.head_for(requested)
        if name not in HEADS and name not in supplied:
            raise unknown_name_error(requested, {*HEADS, *info.head_names.values()}, "head")
        if name not in supplied:
            raise ConfigError(
                f"The dataset '{info.dataset}' has no {HEADS[name].target_name} to learn the head "
                f"'{requested}' from. It supplies: {', '.join(map(info.display_name, supplied))}."
            )
    return list(dict.fromkeys(map(info.head_for, heads)))


def own_loss_weights(
    usual: Mapping[str, float], heads: Sequence[str], given: Mapping[str, float] | None
) -> dict[str, float]:
    """The weights that differ from the heads' own.

    Parameters:
        usual: those that a dataset recommends, by head.
        heads: names in `HEADS`, those of the model.
        given: what is said by the user, by either name of a head.

    >>> own_loss_weights({"circle": 5.0, "mask": 3.0}, ["circle", "box"], {"box": 1.0})
    {'circle': 5.0, 'box': 1.0}
    """
    return {**{head: usual[head] for head in usual if head in heads}, **(given or {})}


def resolve_loss_weights(
    info: DatasetInfo, heads: Sequence[str], weights: Mapping[str, float]
) -> dict[str, float]:
    """The weight of each head in the total loss, by what the head is called in the dataset.

    Parameters:
        info: of the dataset.
        heads: names in `HEADS`, those of the model.
        weights: other than the heads' own, by either name of a head.

    Raises UnknownNameError for a head that the model lacks, ConfigError for a weight that is not
    above 0.
    """
    resolved = {info.display_name(name): head_class(name).loss_weight for name in heads}
    for requested, weight in weights.items():
        name = info.display_name(info.head_for(requested))
        if name not in resolved:
            raise unknown_name_error(requested, resolved, "head in this run")
        if not 0 < weight < math.inf:
            raise ConfigError(f"Expected a weight above 0 for '{requested}', got {weight}.")
        resolved[name] = float(weight)
    return resolved
