"""The contract of a dataset: batches made from indices, and the info that describes them."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import torch
from jaxtyping import Float, Int
from pydantic import BaseModel, ConfigDict, ValidationError
from torch import Tensor

from ...frame.errors import ConfigError
from ...frame.progress import ProgressCallback, no_progress
from ...frame.registry import unknown_name_error
from ...frame.rng import CounterRNG
from ..structures.batch import Batch
from ..structures.info import DatasetInfo
from ..structures.split import SPLITS as SPLITS
from ..structures.split import Split as Split

TEST_SEED = 0  # the same test images for every run, whatever its seed


class DatasetConfig(BaseModel):
    """The settings of a dataset, each with its default; `--set NAME=VALUE` changes one."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Dataset(ABC):
    """Images with their targets, made or read batch by batch, on the device.

    A batch is a function of (seed, split, epoch, indices) and nothing else. Training images change
    from epoch to epoch, and so do validation images where `composes_anew`; test images never do. It
    may be given any images: `SyntheticDataset` composes them from cutouts, another kind may read
    them from disk.
    """

    default_settings: ClassVar[Mapping[str, Any]] = {}
    """Training settings in which this dataset departs from the general defaults."""

    heads: ClassVar[tuple[str, ...]] = ()
    """The heads trained by default; all whose targets it has, if empty."""

    loss_weights: ClassVar[Mapping[str, float]] = {}
    """Weights in the total loss of heads that need another than their own here."""

    backbone_options: ClassVar[Mapping[str, Any]] = {}
    """Options of the backbone that suit it."""

    pretrained_up_to: ClassVar[int] = 0
    """So many training images, or fewer, are learned better from pretrained features: then the
    backbone "auto" is a pretrained one, where its weights are installed."""

    balance: ClassVar[str] = "none"
    """What is done by default about classes with unequal numbers of images, as `train` takes it."""

    config_class: ClassVar[type[DatasetConfig]] = DatasetConfig
    """The settings it has."""

    stops_early: ClassVar[bool] = False
    """Whether a training on few of its images stops by default where it gets no better."""

    reads_files: ClassVar[bool] = False
    """Whether its batches are read from files, so that they are best made beside the training."""

    composes_anew: ClassVar[bool] = False
    """Whether validation images of another epoch are others, made of the same things."""

    former_options: ClassVar[Mapping[str, Any]] = {}
    """Settings that version 0.1.0 did not have, by name, with what it did; its runs go on so."""

    def __init__(
        self,
        options: Mapping[str, Any] | None = None,
        *,
        seed: int = 0,
        device: torch.device | str = "cpu",
    ):
        """
        Parameters:
            options: settings by name, those of `config_class`.
            seed: of training and validation images; test images are always the same.
            device: where batches are made.

        Raises UnknownNameError or ConfigError for a setting that is none or out of range.
        """
        self.config = self._validated(options or {})
        self.seed, self.device = seed, torch.device(device)

    @classmethod
    @abstractmethod
    def open(
        cls,
        source: str | None,
        options: Mapping[str, Any] | None = None,
        *,
        seed: int = 0,
        device: torch.device | str = "cpu",
        progress: ProgressCallback = no_progress,
    ) -> "Dataset":
        """The dataset with the files or the source it needs.

        Parameters:
            source: what `--source` says: the name of a source, or a path; None for the default.
            options: settings by name.
            seed: as in `__init__`, and `device`.
            progress: told how far files are fetched.

        Raises UnknownNameError, ConfigError, AssetNotFoundError or DataError.
        """

    @classmethod
    @abstractmethod
    def default_source(cls) -> str:
        """What `open` takes as the source where nobody names one; the run records it."""

    @classmethod
    def absolute_source(cls, source: str) -> str:
        """A source as it is named from any folder: a path in it is made absolute.

        Parameters:
            source: as `open` takes it; what is no path that is there stays as it is.
        """
        return str(Path(source).absolute()) if source and Path(source).exists() else source

    @classmethod
    def missing_path(cls, source: str) -> str:
        """The path in a source that is not there; empty where all is there, or there is none.

        Parameters:
            source: as `open` takes it.
        """
        is_path = "/" in source or "\\" in source
        return source if is_path and not Path(source).exists() else ""

    @property
    @abstractmethod
    def info(self) -> DatasetInfo:
        """What the images are like and what there is to tell apart."""

    @property
    def usual_heads(self) -> Sequence[str]:
        """The heads that are trained where nobody says which: `heads`."""
        return self.heads

    @abstractmethod
    def size(self, split: Split) -> int:
        """How many images a split has; for training, in an epoch."""

    @abstractmethod
    def make_batch(self, split: Split, indices: Int[Tensor, " batch"], rng: CounterRNG) -> Batch:
        """Make the images of these numbers.

        Parameters:
            split: the split they are numbered in.
            indices: numbers of images, from 0 to `size(split)` − 1, on the dataset's device.
            rng: one stream for each of them; all that is random is drawn from it.
        """

    def outliers(self, count: int) -> Float[Tensor, "count channels height width"] | None:
        """Images, 0 … 1, of nothing that the dataset knows, by which a model learns to doubt; None
        where it has no such images, as by default.

        Parameters:
            count: how many.
        """
        return None

    def class_numbers(self, target_name: str) -> Int[Tensor, " images"] | None:
        """The class number of each training image, below 0 where it is not known; None where that
        cannot be said without making the images, as by default. Classes are balanced by it.

        Parameters:
            target_name: of a target that is a class number, such as "label".
        """
        return None

    def class_counts(self, target_name: str) -> Int[Tensor, " classes"] | None:
        """How many training images have each class; None where that is not known, as by default.

        Parameters:
            target_name: of a target that is a class number, such as "label".
        """
        return None

    @abstractmethod
    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits that change with the data, the classes or the settings."""

    def batch(self, split: Split, indices: Int[Tensor, " batch"], epoch: int = 0) -> Batch:
        """The images of these numbers with their targets.

        Parameters:
            split: the split they are numbered in.
            indices: from 0 to `size(split)` − 1.
            epoch: training images are others in each epoch; so are validation images of data sets
                that compose them, of which training looks at those of epoch 0 alone.
        """
        indices = indices.to(self.device)
        seed = {
            "train": [self.seed, 0, epoch],
            "validation": [self.seed, 1, epoch if self.composes_anew else 0],
            "test": [TEST_SEED, 2, 0],
        }[split]
        with torch.no_grad():
            return self.make_batch(split, indices, CounterRNG(seed, indices))

    def batches(self, split: Split, size: int) -> Iterator[Batch]:
        """A whole split in order, in batches of at most `size`.

        Parameters:
            split: "train", "validation" or "test".
            size: of a batch; the last may be smaller.
        """
        for indices in torch.arange(self.size(split)).split(size):
            yield self.batch(split, indices)

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
