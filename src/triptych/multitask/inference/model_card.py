"""What an exported file tells about itself, checked: it may come from anywhere."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...frame.drawing.colors import Color
from ..answers.kinds import NOVELTY, PARTS, UNCERTAINTY, Kind, output_name
from ..structures.info import DatasetInfo

FORMAT = 1  # of the metadata
METADATA = "triptych.model"  # the name of the metadata, as JSON
MOST_SIDE = 2**13  # pixels, of a canvas


@dataclass(frozen=True)
class HeadCard:
    """What a file tells about one head.

    Parameters:
        kind: what it answers in.
        color: of its drawings.
        classes: their names, by number; empty where there are none.
    """

    kind: Kind
    color: Color
    classes: tuple[str, ...]


@dataclass(frozen=True)
class ModelCard:
    """What a file tells about itself.

    Parameters:
        info: of the model.
        head_names: its heads, by their names in `HEADS`.
        heads: what is told of each, by what it is called in the dataset.
    """

    info: DatasetInfo
    head_names: tuple[str, ...]
    heads: Mapping[str, HeadCard]

    @classmethod
    def from_json(cls, text: str) -> "ModelCard":
        """The card that a file holds.

        Parameters:
            text: as the file has it.

        Raises ValueError, in words, for what is none.
        """
        try:
            told = json.loads(text)
            if told["format"] != FORMAT:
                raise ValueError(
                    f"it is of format {told['format']}, known is {FORMAT}: update triptych"
                )
            heads = {name: _head(card) for name, card in told["heads"].items()}
            card = cls(_info(told["info"]), tuple(map(str, told["head_names"])), heads)
        except (KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError(f"what it tells about itself is damaged ({error})") from error
        if not heads or {card.info.display_name(name) for name in card.head_names} != {*heads}:
            raise ValueError("its heads are not those it names")
        return card

    @property
    def outputs(self) -> tuple[str, ...]:
        """The names of all outputs that are read."""
        heads = self.heads.items()
        names = [output_name(name, part) for name, head in heads for part in PARTS[head.kind]]
        told = any(head.kind not in ("box", "circle") for head in self.heads.values())
        return (*names, NOVELTY, *[UNCERTAINTY] * told)


def _head(told: Mapping[str, Any]) -> HeadCard:
    red, green, blue = (int(one) & 255 for one in told["color"])
    kind, classes = told["kind"], told.get("classes", [])
    if kind not in PARTS or not isinstance(classes, list):
        raise ValueError(f"it has a head of the unknown kind {str(kind)[:40]!r}")
    if kind in ("classes", "semantic", "boxes", "circles") and not classes:
        raise ValueError("it has a head without classes")
    return HeadCard(kind, (red, green, blue), tuple(map(str, classes)))


def _info(told: Mapping[str, Any]) -> DatasetInfo:
    info = DatasetInfo.from_dict(told)
    sides = info.height, info.width
    if not all(type(side) is int and 0 < side <= MOST_SIDE for side in sides):
        raise ValueError("its size is none")
    if info.channels not in (1, 3) or info.input not in ("image", "ink"):
        raise ValueError("its images are of no kind that is known")
    if info.input == "ink" and info.channels != 1:
        raise ValueError("it reads writing in color")
    return info
