"""Which questions to put: head names checked against the shelf and the dataset."""

import math
from collections.abc import Mapping, Sequence

from ...frame.errors import ConfigError
from ...frame.registry import unknown_name_error
from ..heads import HEADS
from ..structures.info import Card


def chosen_heads(card: Card, heads: Sequence[str] | None) -> list[str]:
    """The heads asked for, each by its name on the shelf or the dataset's own ("digit" for
    "label"); all that the dataset supplies by default.

    Raises UnknownNameError for no such head, ConfigError for one whose truth the dataset lacks."""
    supplied = [name for name in HEADS if HEADS[name].needs in card.truths]
    if not heads:
        return supplied
    for shown in heads:
        name = card.head(shown)
        if name not in HEADS:
            raise unknown_name_error(shown, {*HEADS, *card.names.values()}, "head")
        if name not in supplied:
            raise ConfigError(
                f"The dataset '{card.dataset}' has no {HEADS[name].needs} to learn the head "
                f"'{shown}' from. It supplies: {', '.join(map(card.name, supplied))}."
            )
    return list(dict.fromkeys(map(card.head, heads)))


def loss_weights(
    card: Card, heads: Sequence[str], weights: Mapping[str, float]
) -> dict[str, float]:
    """Each head's share in the loss, by what it is called here: its own, unless given otherwise.

    Raises UnknownNameError for a weight of no such head, ConfigError for one that is not above
    0."""
    shares = {card.name(name): HEADS[name].weight for name in heads}
    for shown, weight in weights.items():
        name = card.name(card.head(shown))
        if name not in shares:
            raise unknown_name_error(shown, shares, "head in this run")
        if not 0 < weight < math.inf:
            raise ConfigError(f"Expected a weight above 0 for '{shown}', got {weight}.")
        shares[name] = float(weight)
    return shares
