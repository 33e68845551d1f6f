"""images: the user's own pictures, with whatever an annotation tool says of them."""

import hashlib
import json
import shlex
import warnings
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Int
from torch import Tensor

from ...frame.errors import ConfigError, DataError
from ...frame.progress import ProgressCallback, no_progress
from ...frame.rng import CounterRNG
from ..annotated.annotated_set import AnnotatedSet
from ..annotated.folds import split_or_fold
from ..annotated.joined_sets import JoinedSets, sets_of
from ..annotated.opening import open_annotated
from ..annotated.splits import SplitShares
from ..annotated.targets import ATTRIBUTE, SHARE_OF_TARGET, possible_targets
from ..augmentation import augment
from ..data.dataset import SPLITS, Dataset, Split
from ..data.source import DataNotice
from ..structures.batch import Batch
from ..structures.info import DatasetInfo
from ._images.canvas import canvas_shape
from ._images.config import ImagesConfig
from ._images.object_targets import OBJECTS, most_objects, object_classes, usual_targets
from ._images.rendered_images import RenderedImages


class Images(Dataset):
    """Pictures on the disk and their annotations, of any tool whose format is read.

    A picture that cannot be read is told, and counts for nothing: all of its targets are absent.
    """

    config_class = ImagesConfig
    default_settings = {"epochs": 30, "batch": 32, "lr": 3e-3}
    reads_files = stops_early = True
    balance = "auto"

    def __init__(
        self,
        annotated: AnnotatedSet | JoinedSets,
        options: Mapping[str, Any] | None = None,
        *,
        seed: int = 0,
        device: torch.device | str = "cpu",
    ):
        """
        Parameters:
            annotated: the pictures of one set, or of several as one.
            options: settings by name, those of `ImagesConfig`.
            seed: of the changes in training; splits do not depend on it.
            device: where batches are made.

        Raises UnknownNameError or ConfigError for a setting that is none or out of range, DataError
        where a split is empty.
        """
        super().__init__(options, seed=seed, device=device)
        self.annotated = annotated
        self.rows = self._split_rows()
        round_objects = self.config.round_objects
        self.possible = possible_targets(annotated, round_objects=round_objects)
        self.shape = canvas_shape(annotated, self.rows["train"].tolist(), self.config)
        self._rendered = RenderedImages(
            annotated,
            self.shape,
            self.info.targets,
            self.possible,
            cache=self.config.cache,
            strict=self.config.strict,
            round_objects=round_objects,
        )

    @classmethod
    def open(
        cls,
        source: str | None,
        options: Mapping[str, Any] | None = None,
        *,
        seed: int = 0,
        device: torch.device | str = "cpu",
        progress: ProgressCallback = no_progress,
    ) -> "Images":
        """The pictures at a path, a folder or an annotation file; or at several, as a shell would
        take them from one line."""
        if not source:
            raise ConfigError("Expected a folder of your pictures. Name it: triptych train FOLDER.")
        said = options or {}
        format, strict = str(said.get("format") or "") or None, bool(said.get("strict"))
        sets = []
        for path in paths_of(str(source)):
            sets.append(open_annotated(path, format, strict=strict, progress=progress))
            left_out = sets[-1].problems.left_out()
            if left_out:
                what = ", ".join(f"{outcome}: {count:,}" for outcome, count in left_out.items())
                command = shlex.join(["triptych", "data", "check", path])
                warnings.warn(f"{path}: {what}. `{command}` tells each.", DataNotice, stacklevel=2)
        annotated = sets[0] if len(sets) == 1 else JoinedSets(sets)
        return cls(annotated, options, seed=seed, device=device)

    @classmethod
    def absolute_source(cls, source: str) -> str:
        """A path, or several, made absolute; what is not there stays as it is."""
        paths = [super(Images, cls).absolute_source(path) for path in paths_of(source)]
        return paths[0] if len(paths) == 1 else shlex.join(paths)

    @classmethod
    def missing_path(cls, source: str) -> str:
        """The paths that are not there, with a comma between; empty where all are."""
        missing = (super(Images, cls).missing_path(path) for path in paths_of(source))
        return ", ".join(filter(None, missing))

    @classmethod
    def default_source(cls) -> str:
        """There is none: pictures are the user's own."""
        return ""

    @property
    def info(self) -> DatasetInfo:
        """Size, classes and the targets that enough of the training pictures have."""
        return self._info

    @cached_property
    def _info(self) -> DatasetInfo:
        train = self.rows["train"]
        sizes = [len(one) for one in sets_of(self.annotated)]
        origins = np.repeat(np.arange(len(sizes)), sizes)[train]
        least = SHARE_OF_TARGET * np.bincount(origins, minlength=len(sizes))
        targets = [
            name
            for name, has in self.possible.items()
            if (np.bincount(origins[has[train]], minlength=len(sizes)) > least).any()
        ]
        if not targets:
            raise DataError(
                f"Nothing can be learned from {self.annotated.root}: its pictures have neither "
                "classes, nor one object each, nor outlines. Run triptych data check."
            )
        names = [name for name in targets if name.startswith(ATTRIBUTE)]
        attributes = {name.removeprefix(ATTRIBUTE): name for name in names}
        values = {name: list(self.annotated.attributes[name]) for name in attributes}
        channels, height, width = self.shape
        extra: dict[str, Any] = {"attributes": values} if values else {}
        if OBJECTS & {*targets}:
            extra["object_classes"] = list(object_classes(self.annotated))
            extra["most_objects"] = most_objects(self.annotated, train)
        return DatasetInfo(
            dataset="images",
            channels=channels,
            height=height,
            width=width,
            targets=tuple(targets),
            classes=self.annotated.classes,
            head_names={target: _head_name(name) for name, target in attributes.items()},
            extra=extra,
        )

    @property
    def usual_heads(self) -> tuple[str, ...]:
        """The heads of one thing where most pictures show one, else those that find every one."""
        train, targets = self.rows["train"], self.info.targets
        return usual_targets(targets, self.annotated, self.possible, train)

    def size(self, split: Split) -> int:
        """How many pictures a split has."""
        return len(self.rows[split])

    def make_batch(self, split: Split, indices: Int[Tensor, " batch"], rng: CounterRNG) -> Batch:
        """The pictures of these numbers; those for training changed at random."""
        rows = self.rows[split][indices.cpu().numpy()]
        batch = self._rendered.batch(rows, indices, self.device)
        return augment(batch, self.config, rng) if split == "train" else batch

    def class_numbers(self, target_name: str) -> Int[Tensor, " images"] | None:
        """The number of the class, or of the value of an attribute, of each training picture."""
        numbers = self._rendered.numbers.get(target_name)
        if numbers is None:
            return None
        return torch.from_numpy(numbers[self.rows["train"]].astype(np.int64))

    def class_counts(self, target_name: str) -> Int[Tensor, " classes"] | None:
        """How many training pictures have each class or value of an attribute."""
        numbers = self.class_numbers(target_name)
        if numbers is None:
            return None
        size = len(
            self.annotated.classes
            if target_name == "label"
            else self.annotated.attributes[target_name.removeprefix(ATTRIBUTE)]
        )
        return torch.bincount(numbers[numbers >= 0], minlength=size)

    def fingerprint(self) -> str:
        """Sixteen digits that change with the annotations or the settings."""
        folds = {"folds", "fold"} if not self.config.folds else set()  # as before there were any
        settings = self.config.model_dump(exclude={"cache", "strict", *folds})
        facts = json.dumps([self.annotated.digest, settings], sort_keys=True)
        return hashlib.sha256(facts.encode()).hexdigest()[:16]

    def _split_rows(self) -> dict[Split, np.ndarray]:
        config, shares = self.config, SplitShares(self.config.validation, self.config.test)
        sets = sets_of(self.annotated)
        parts = [split_or_fold(one, shares, config.folds, config.fold) for one in sets]
        numbers = np.concatenate(parts)
        rows: dict[Split, np.ndarray] = {
            split: np.flatnonzero(numbers == number) for number, split in enumerate(SPLITS)
        }
        for split, some in rows.items():
            if len(some) < (2 if split == "train" else 1):
                raise DataError(
                    f"{self.annotated.root} has {len(numbers)} pictures, of which {len(some)} are "
                    f"for {split}. Add pictures, or state the splits."
                )
        return rows


def paths_of(source: str) -> list[str]:
    """The paths that a source names.

    A path that is there is one, blanks or not; several are told apart as a shell does it, and all
    of them are absolute or there.

    Parameters:
        source: a path, or several as `shlex.join` writes them.
    """
    if Path(source).expanduser().exists():
        return [source]
    try:
        paths = shlex.split(source)
    except ValueError:  # a quote that is not closed
        return [source]
    places = [Path(path).expanduser() for path in paths]
    known = all(place.is_absolute() for place in places) or all(p.exists() for p in places)
    return paths if len(paths) > 1 and known else [source]


def _head_name(attribute: str) -> str:
    """What the head of an attribute is called: a name that a module of PyTorch can have."""
    name = attribute.replace(".", "_")
    taken = {"label", "box", "circle", "mask", "semantic"}
    return f"{name}_" if name in taken or hasattr(torch.nn.ModuleDict, name) else name
