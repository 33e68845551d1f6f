"""The contract of a dataset: batches made from indices, and the card that describes them."""

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

import torch
from jaxtyping import Int
from pydantic import BaseModel, ConfigDict, ValidationError
from torch import Tensor

from ...frame.errors import ConfigError
from ...frame.registry import unknown_name_error
from ...frame.rng import CounterRNG, permutation
from ..structures.batch import Batch
from ..structures.info import Card
from .compositing import Stock
from .source import Source

Part = Literal["train", "validation", "test"]
PARTS: tuple[Part, ...] = ("train", "validation", "test")
VALIDATION_SHARE = 12  # one training cut-out in so many is kept apart, to choose by
TEST_SEED = 0  # the same test images for every run, whatever it was trained with


class Options(BaseModel):
    """The settings of a dataset, each with its default; `--set NAME=VALUE` changes one."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Dataset(ABC):
    """Images with their truth, made by the batch on the device.

    A batch is a function of (seed, part, epoch, indices) and nothing else. Only training images
    change from epoch to epoch. The validation part is cut from the source's training split, so
    test images come from cut-outs that neither training nor choosing has seen; a source with one
    cut-out a class (emoji) has the same cut-outs everywhere, on other grounds and places.
    """

    subject: ClassVar[str]
    """What the source must supply."""

    real: ClassVar[str]
    """The source with real data, taken where it is at hand."""

    recommended: ClassVar[Mapping[str, Any]] = {}
    """Training settings in which this dataset departs from the general defaults."""

    heads: ClassVar[tuple[str, ...]] = ()
    """The heads trained where none are asked for; all that it supplies, if empty."""

    weights: ClassVar[Mapping[str, float]] = {}
    """Shares in the loss of heads that need another than their own beside the others here."""

    backbone_options: ClassVar[Mapping[str, Any]] = {}
    """Settings of the backbone that suit it."""

    options_class: ClassVar[type[Options]] = Options
    """The settings it has."""

    circles: ClassVar[bool] = False
    """Whether enclosing circles are worked out for the cut-outs."""

    def __init__(
        self,
        source: Source,
        options: Mapping[str, Any] | None = None,
        *,
        seed: int = 0,
        device: torch.device | str = "cpu",
    ):
        self.options = self._checked(options or {})
        self.source, self.seed, self.device = source, seed, torch.device(device)
        train, test = (source.cutouts(self.subject, split) for split in ("train", "test"))
        if len(train.labels.unique()) == len(train):
            kept = chosen = torch.arange(len(train))
        else:
            order = permutation(len(train), [seed])
            count = max(1, len(train) // VALIDATION_SHARE)
            kept, chosen = order[count:].sort().values, order[:count].sort().values
        whole = Stock.of(train, circles=self.circles)
        self.classes = train.names
        self.stock: dict[Part, Stock] = {
            "train": whole.only(kept).to(self.device),
            "validation": whole.only(chosen).to(self.device),
            "test": Stock.of(test, circles=self.circles).to(self.device),
        }

    @property
    @abstractmethod
    def card(self) -> Card:
        """What the images are like."""

    @abstractmethod
    def size(self, part: Part) -> int:
        """How many images a part has; for training, in an epoch."""

    @abstractmethod
    def make(self, part: Part, indices: Int[Tensor, " batch"], chance: CounterRNG) -> Batch:
        """The images of these numbers, with this chance."""

    def batch(self, part: Part, indices: Int[Tensor, " batch"], epoch: int = 0) -> Batch:
        """The images of these numbers, each from 0 to `size(part)` − 1."""
        indices = indices.to(self.device)
        seed = {
            "train": [self.seed, 0, epoch],
            "validation": [self.seed, 1, 0],
            "test": [TEST_SEED, 2, 0],
        }[part]
        with torch.no_grad():
            return self.make(part, indices, CounterRNG(seed, indices))

    def batches(self, part: Part, size: int) -> Iterator[Batch]:
        """A whole part in order, in batches of at most `size`."""
        for indices in torch.arange(self.size(part)).split(size):
            yield self.batch(part, indices)

    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits that change with the cut-outs, the classes or the settings."""
        facts = [self.card.json(), self.options.model_dump()]
        digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode())
        for part in PARTS:
            digest.update(self.stock[part].images.cpu().contiguous().numpy().data)
            digest.update(self.stock[part].label.cpu().numpy().data)
        return digest.hexdigest()[:16]

    def _checked(self, options: Mapping[str, Any]) -> Any:
        for name in options:
            if name not in self.options_class.model_fields:
                known = self.options_class.model_fields
                raise (
                    unknown_name_error(name, known, "setting")
                    if known
                    else ConfigError(
                        f"This dataset has no settings, got '{name}'. Leave --set out."
                    )
                )
        try:
            return self.options_class(**options)
        except ValidationError as error:
            slip = error.errors()[0]
            raise ConfigError(
                f"Setting '{slip['loc'][0]}': {slip['msg']}, got {slip['input']!r}."
            ) from None
