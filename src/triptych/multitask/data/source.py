"""The contract of a source: where cutouts come from."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

from jaxtyping import Int, UInt8
from torch import Tensor

from ...frame.storage.assets import Asset, locate

SourceSplit = Literal["train", "validation", "test"]


class DataNotice(UserWarning):
    """What a source did with images that are not as expected: inverted, scaled, held out."""


@dataclass(frozen=True)
class Cutouts:
    """N small images of one thing each.

    Parameters:
        images: RGB or grey, 0 … 255.
        labels: class numbers, which index `names`.
        names: the classes; the same for both splits.
        alpha: opacity, 255 where the thing is; None for bright ink on black (one channel), whose
            mask datasets compute by Otsu's threshold.
    """

    images: UInt8[Tensor, "count channels height width"]
    labels: Int[Tensor, " count"]
    names: tuple[str, ...]
    alpha: UInt8[Tensor, "count height width"] | None = None

    def __len__(self) -> int:
        return len(self.images)

    def subset(self, indices: Int[Tensor, " some"]) -> "Cutouts":
        """Some of the cutouts, in the order of `indices`."""
        alpha = None if self.alpha is None else self.alpha[indices]
        return Cutouts(self.images[indices], self.labels[indices], self.names, alpha)


class Source(ABC):
    """Cutouts of one or several subjects ("digits", "emoji"), for training and for testing."""

    subjects: ClassVar[tuple[str, ...]]
    """What it has cutouts of."""

    assets: ClassVar[tuple[Asset, ...]] = ()
    """The files it reads, which are fetched where they are missing."""

    usage: ClassVar[str] = ""
    """How a source that reads the user's own files is named: "npz:FILE"; empty for others."""

    @classmethod
    def recognizes(cls, path: Path) -> int:
        """How surely a path is laid out as this source reads it, by names alone.

        Parameters:
            path: what `--source` says; it need not exist.

        Returns 0 for no, 1 where its format lies there, 2 where the very set does.
        """
        return 0

    def __init__(self, argument: str = ""):
        """
        Parameters:
            argument: what follows the colon in `--source NAME:ARGUMENT`.
        """
        self.argument = argument

    @abstractmethod
    def cutouts(self, subject: str, split: SourceSplit) -> Cutouts:
        """The cutouts of a split, always the same ones in the same order.

        Parameters:
            subject: what they show: "digits" or "emoji".
            split: "train" or "test"; "validation" only where `has_validation`.

        Raises AssetNotFoundError for files that are missing and cannot be fetched, DataError for
        damaged ones.
        """

    def is_available(self) -> bool:
        """Whether nothing has to be fetched for `cutouts`."""
        return all(locate(asset) for asset in self.assets)

    def has_validation(self) -> bool:
        """Whether it has cutouts set apart for validation; else a part of "train" is taken."""
        return False
