"""The contract of a source: where cut-outs come from."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Literal

from jaxtyping import Int, UInt8
from torch import Tensor

from ...frame.storage.assets import Asset, locate

Split = Literal["train", "test"]


@dataclass(frozen=True)
class CutOuts:
    """N small pictures of one thing each.

    `alpha` is opacity, 255 where the thing is; None for ink on black (C = 1), whose silhouette
    datasets find by Otsu's threshold. `labels` index `names`, the classes.
    """

    images: UInt8[Tensor, "count channels height width"]
    labels: Int[Tensor, " count"]
    names: tuple[str, ...]
    alpha: UInt8[Tensor, "count height width"] | None = None

    def __len__(self) -> int:
        return len(self.images)


class Source(ABC):
    """Cut-outs of one or several subjects ("digits", "emoji"), for training and for testing.

    `assets` are the files it reads, fetched where they are not at hand."""

    subjects: ClassVar[tuple[str, ...]]
    assets: ClassVar[tuple[Asset, ...]] = ()

    def __init__(self, argument: str = ""):
        """`argument` is what follows the colon in `--source NAME:ARGUMENT`."""
        self.argument = argument

    @abstractmethod
    def cutouts(self, subject: str, split: Split) -> CutOuts:
        """The cut-outs of a split, always the same ones in the same order.

        Raises AssetNotFoundError where files are not at hand and cannot be fetched, DataError where
        they are damaged."""

    def at_hand(self) -> bool:
        """Whether `cutouts` needs nothing fetched."""
        return all(locate(asset) for asset in self.assets)
