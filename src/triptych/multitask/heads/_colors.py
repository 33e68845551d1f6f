"""One color a head, the same in every picture."""

from collections.abc import Mapping

from ...frame.drawing.colors import SPARE, Color
from ._head import Head


def head_colors(heads: Mapping[str, Head]) -> dict[str, Color]:
    """The color of each head, by the name it has in the mapping.

    Heads without a color of their own take spare ones, in the order of their names.

    Parameters:
        heads: of a model, by their names in it.
    """
    plain = sorted(name for name, head in heads.items() if head.color is None)
    spare = {name: SPARE[number % len(SPARE)] for number, name in enumerate(plain)}
    return {name: head.color or spare[name] for name, head in heads.items()}
