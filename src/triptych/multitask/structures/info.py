"""Card: all that a head may know of a dataset, saved with the model."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class Card:
    """What the images are like and what there is to tell apart.

    `truths` are the fields of a `Batch` that the dataset fills. `names` says what a head is
    called here where that is not its own name: {"label": "digit"}. `ground` is the brightness of
    what lies behind things: pictures with the other one are inverted before prediction.
    """

    dataset: str
    channels: int
    height: int
    width: int
    truths: tuple[str, ...]
    classes: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    names: dict[str, str] = field(default_factory=dict)
    ground: Literal["dark", "any"] = "any"

    @property
    def regions(self) -> tuple[str, ...]:
        """The classes of a semantic map: background first."""
        return ("background", *self.classes)

    def name(self, head: str) -> str:
        """What a head is called in this dataset."""
        return self.names.get(head, head)

    def head(self, name: str) -> str:
        """Which head goes by this name here; the name itself where none does."""
        return next((head for head, known in self.names.items() if known == name), name)

    def json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Card":
        """The card that `json` described. Raises TypeError for anything else."""
        lists = {key: tuple(value) for key, value in data.items() if isinstance(value, list)}
        return cls(**{**data, **lists})
