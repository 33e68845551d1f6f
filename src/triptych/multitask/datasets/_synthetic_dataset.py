"""Datasets whose images are composed from the cutouts of a source."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, ClassVar

import torch

from ...frame.errors import ConfigError
from ...frame.progress import ProgressCallback, no_progress
from ...frame.rng import permutation
from ...frame.storage.assets import fetch_or_locate
from ..data.cutout_bank import CutoutBank
from ..data.dataset import Dataset, Split
from ..data.source import Cutouts, Source, SourceSplit
from ..sources import SOURCES, absolute_spec, build_source, is_there
from ..structures.info import FORMER_NAMES
from ..structures.split import SPLITS

FALLBACK_SOURCE = "drawn"  # needs no files
VALIDATION_EVERY = 12  # one training cutout in twelve is for validation


class SyntheticDataset(Dataset):
    """Images composed from cutouts held on the device, with targets that follow from them.

    The validation split is taken from the source's training split, where the source has none of its
    own, so test images come from cutouts that neither training nor the choice of the best epoch has
    seen; a source with one
    cutout a class (emoji) has the same cutouts in every split, on other backgrounds and at other
    places.
    """

    subject: ClassVar[str]
    """What the source must have cutouts of."""

    real_source: ClassVar[str]
    """The source with real data, which is the default where it is available."""

    composes_anew = True

    needs_circles: ClassVar[bool] = False
    """Whether the enclosing circles of the cutouts are computed."""

    later_targets: ClassVar[tuple[str, ...]] = ()
    """Targets that version 0.1.0 did not have, which the fingerprint leaves out."""

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
        super().__init__(options, seed=seed, device=device)
        self.source = source
        self._loaded: dict[SourceSplit, Cutouts] = {}
        self._parts: dict[Split, Cutouts] = {}
        self._banks: dict[Split, CutoutBank] = {}

    @classmethod
    def open(
        cls,
        source: str | None,
        options: Mapping[str, Any] | None = None,
        *,
        seed: int = 0,
        device: torch.device | str = "cpu",
        progress: ProgressCallback = no_progress,
    ) -> "SyntheticDataset":
        """The dataset made from a source, NAME, NAME:ARGUMENT or a folder of IDX files, whose
        missing files are fetched."""
        spec = source or cls.default_source()
        cutout_source = build_source(spec)
        if cls.subject not in cutout_source.subjects:
            fitting = [name for name in SOURCES if cls.subject in SOURCES[name].subjects]
            raise ConfigError(
                f"This dataset is made of {cls.subject}, which the source '{spec}' does not have. "
                f"Use --source {' or '.join(fitting)}."
            )
        for asset in cutout_source.assets:
            fetch_or_locate(asset, progress)
        return cls(cutout_source, options, seed=seed, device=device)

    @classmethod
    def default_source(cls) -> str:
        """The real source where it is available, else "drawn"."""
        return cls.real_source if SOURCES[cls.real_source]().is_available() else FALLBACK_SOURCE

    @classmethod
    def absolute_source(cls, source: str) -> str:
        """A source as it is named from any folder: the path in it, if any, is made absolute."""
        return absolute_spec(source)

    @classmethod
    def missing_path(cls, source: str) -> str:
        """The path in a source that leads to no files; empty where there is none."""
        name, _, argument = source.partition(":")
        place = argument if name in SOURCES else source
        a_path = name not in SOURCES or "/" in place or "\\" in place
        return place if place and a_path and not is_there(source) else ""

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
        if not info["extra"]:  # which version 0.1.0 did not know
            del info["extra"]
        del info["input"]  # which follows from the settings
        info["truths"] = [name for name in info["truths"] if name not in self.later_targets]
        options = {
            name: value
            for name, value in self.config.model_dump().items()
            if (name, value) not in self.former_options.items()
        }
        facts = [info, options]
        digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode())
        for split in SPLITS:
            cutouts = self._raw_cutouts(split)
            digest.update(cutouts.images.contiguous().numpy().data)
            digest.update(cutouts.labels.long().numpy().data)
        return digest.hexdigest()[:16]

    def _raw_cutouts(self, split: Split) -> Cutouts:
        """The source's cutouts of a split, on the CPU."""
        if split == "test" or self.source.has_validation():
            return self._load(split)
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
