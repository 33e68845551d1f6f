"""The contract of a dataset: batches made from indices, and the info that describes them."""

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
from ..structures.info import FORMER_NAMES, DatasetInfo
from .cutout_bank import CutoutBank
from .source import Cutouts, Source, SourceSplit

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")
VALIDATION_EVERY = 12  # one training cutout in twelve is for validation
TEST_SEED = 0  # the same test images for every run, whatever its seed


class DatasetConfig(BaseModel):
    """The settings of a dataset, each with its default; `--set NAME=VALUE` changes one."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Dataset(ABC):
    """Images with their targets, made batch by batch on the device.

    A batch is a function of (seed, split, epoch, indices) and nothing else. Only training images
    change from epoch to epoch. The validation split is taken from the source's training split, so
    test images come from cutouts that neither training nor the choice of the best epoch has seen;
    a source with one cutout a class (emoji) has the same cutouts in every split, on other
    backgrounds and at other places.
    """

    subject: ClassVar[str]
    """What the source must have cutouts of."""

    real_source: ClassVar[str]
    """The source with real data, which is the default where it is available."""

    default_settings: ClassVar[Mapping[str, Any]] = {}
    """Training settings in which this dataset departs from the general defaults."""

    heads: ClassVar[tuple[str, ...]] = ()
    """The heads trained by default; all whose targets it has, if empty."""

    loss_weights: ClassVar[Mapping[str, float]] = {}
    """Weights in the total loss of heads that need another than their own here."""

    backbone_options: ClassVar[Mapping[str, Any]] = {}
    """Options of the backbone that suit it."""

    config_class: ClassVar[type[DatasetConfig]] = DatasetConfig
    """The settings it has."""

    needs_circles: ClassVar[bool] = False
    """Whether the enclosing circles of the cutouts are computed."""

    def __init__(
        self,
        source: Source,
        options: Mapping[str, Any] | None = None,
        *,
        seed: int = 0,
        device: torch.device | str = "cpu",
    ):
        """
        Parameters:
            source: where the cutouts come from.
            options: settings by name, those of `config_class`.
            seed: of training and validation images; test images are always the same.
            device: where batches are made.

        Raises UnknownNameError or ConfigError for a setting that is none or out of range.
        """
        self.config = self._validated(options or {})
        self.source, self.seed, self.device = source, seed, torch.device(device)
        self._loaded: dict[SourceSplit, Cutouts] = {}
        self._parts: dict[Split, Cutouts] = {}
        self._banks: dict[Split, CutoutBank] = {}

    @property
    @abstractmethod
    def info(self) -> DatasetInfo:
        """What the images are like and what there is to tell apart."""

    @abstractmethod
    def size(self, split: Split) -> int:
        """How many images a split has; for training, in an epoch."""

    @abstractmethod
    def make_batch(self, split: Split, indices: Int[Tensor, " batch"], rng: CounterRNG) -> Batch:
        """Make the images of these numbers.

        Parameters:
            split: which cutouts they are made from.
            indices: numbers of images, from 0 to `size(split)` − 1, on the dataset's device.
            rng: one stream for each of them; all that is random is drawn from it.
        """

    def batch(self, split: Split, indices: Int[Tensor, " batch"], epoch: int = 0) -> Batch:
        """The images of these numbers with their targets.

        Parameters:
            split: the split they are numbered in.
            indices: from 0 to `size(split)` − 1.
            epoch: training images are others in each epoch.
        """
        indices = indices.to(self.device)
        seed = {
            "train": [self.seed, 0, epoch],
            "validation": [self.seed, 1, 0],
            "test": [TEST_SEED, 2, 0],
        }[split]
        with torch.no_grad():
            return self.make_batch(split, indices, CounterRNG(seed, indices))

    def batches(self, split: Split, size: int) -> Iterator[Batch]:
        """A whole split in order, in batches of at most `size`."""
        for indices in torch.arange(self.size(split)).split(size):
            yield self.batch(split, indices)

    def cutouts(self, split: Split) -> CutoutBank:
        """The cutouts of a split with their masks, boxes and circles, on the dataset's device.

        They are computed when a split is asked for first. Raises AssetNotFoundError or DataError
        where the source cannot be read.
        """
        if split not in self._banks:
            bank = CutoutBank.from_cutouts(self._raw_cutouts(split), circles=self.needs_circles)
            self._banks[split] = bank.to(self.device)
        return self._banks[split]

    def num_cutouts(self, split: Split) -> int:
        """How many cutouts a split has."""
        return len(self._raw_cutouts(split))

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the source's classes, by number."""
        return self._any_cutouts().names

    @property
    def cutout_size(self) -> tuple[int, int]:
        """Height and width of the source's cutouts in pixels."""
        height, width = self._any_cutouts().images.shape[2:]
        return height, width

    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits that change with the cutouts, the classes or the settings."""
        # under the names of version 0.1.0, so that its runs can be resumed
        former = {today: name for name, today in FORMER_NAMES.items()}
        info = {former.get(name, name): value for name, value in self.info.to_dict().items()}
        facts = [info, self.config.model_dump()]
        digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode())
        for split in SPLITS:
            cutouts = self._raw_cutouts(split)
            digest.update(cutouts.images.contiguous().numpy().data)
            digest.update(cutouts.labels.long().numpy().data)
        return digest.hexdigest()[:16]

    def _raw_cutouts(self, split: Split) -> Cutouts:
        """The source's cutouts of a split, on the CPU."""
        if split == "test":
            return self._load("test")
        if split not in self._parts:
            train = self._load("train")
            if len(train.labels.unique()) == len(train):
                return train
            order = permutation(len(train), [self.seed])
            count = max(1, len(train) // VALIDATION_EVERY)
            indices = order[:count] if split == "validation" else order[count:]
            self._parts[split] = train.subset(indices.sort().values)
        return self._parts[split]

    def _any_cutouts(self) -> Cutouts:
        """The cutouts of whichever split was loaded first."""
        loaded = next(iter(self._loaded.values()), None)
        return self._load("test") if loaded is None else loaded

    def _load(self, split: SourceSplit) -> Cutouts:
        if split not in self._loaded:
            self._loaded[split] = self.source.cutouts(self.subject, split)
        return self._loaded[split]

    def _validated(self, options: Mapping[str, Any]) -> Any:
        known = self.config_class.model_fields
        for name in options:
            if name not in known:
                raise (
                    unknown_name_error(name, known, "setting")
                    if known
                    else ConfigError(
                        f"This dataset has no settings, got '{name}'. Leave --set out."
                    )
                )
        try:
            return self.config_class(**options)
        except ValidationError as error:
            slip = error.errors()[0]
            raise ConfigError(
                f"Setting '{slip['loc'][0]}': {slip['msg']}, got {slip['input']!r}."
            ) from None
