"""The contract of a backbone: an image in, a pyramid of feature maps out."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from jaxtyping import Float
from torch import Tensor, nn

from ..frame.errors import ConfigError

FeaturePyramid = Sequence[Tensor]
"""Feature maps, finest first, each (batch, channels, height, width)."""

MIN_MAP_SIDE = 5  # cells: the pyramid ends where the shorter side of its map is no longer than this
STEM_STRIDE_FROM = 96  # pixels: from this side on, the stem halves the image


@dataclass(frozen=True)
class FeatureInfo:
    """One map of a feature pyramid.

    Parameters:
        channels: of the map.
        reduction: sides of the image over sides of the map; a cell covers as many pixels each way.
    """

    channels: int
    reduction: int


class Backbone(nn.Module, ABC):
    """A network that turns images into a pyramid of feature maps."""

    feature_info: tuple[FeatureInfo, ...]
    """What `forward` gives, finest map first."""

    pretrained_on: ClassVar[str] = ""
    """The images its published weights were learned on, with which a training begins; empty where
    there are none."""

    default_settings: ClassVar[Mapping[str, Any]] = {}
    """Settings of a training that begins with published weights, by name."""

    def __init__(self, channels: int, height: int, width: int):
        """
        Parameters:
            channels: of the images.
            height: of the images in pixels, as is `width`; other sizes may be given later.
        """
        super().__init__()

    @abstractmethod
    def forward(self, images: Float[Tensor, "batch channels height width"]) -> FeaturePyramid:
        """Images of 0 … 1 to the maps that `feature_info` announces; sides are rounded up."""

    def layer_groups(self) -> tuple[nn.Module, ...]:
        """Parts with weights in the order in which an image passes them: the earlier, the more
        general. Part by part they are frozen, and learn more slowly the earlier they are."""
        parts: list[nn.Module] = []
        for child in self.children():
            parts += child.children() if isinstance(child, nn.ModuleList) else [child]
        return tuple(part for part in parts if next(part.parameters(), None) is not None)

    @classmethod
    def has_pretrained(cls) -> bool:
        """Whether `load_pretrained_` finds its weights on this machine."""
        return False

    def load_pretrained_(self) -> None:
        """Give it published weights in place of its own.

        Raises ConfigError where there are none, MissingDependencyError or AssetNotFoundError where
        they are not on this machine, DataError where they are damaged.
        """
        raise ConfigError(
            f"There are no published weights for {type(self).__name__}. Train from random ones: "
            "--no-pretrained."
        )


def pyramid_strides(height: int, width: int) -> list[int]:
    """Reductions of a pyramid that suits images of this size, finest first.

    Parameters:
        height: of the images, in pixels.
        width: of the images, in pixels.

    >>> pyramid_strides(28, 28), pyramid_strides(144, 144)
    ([1, 2, 4, 8], [2, 4, 8, 16, 32])
    """
    short = min(height, width)
    strides = [2 if short >= STEM_STRIDE_FROM else 1]
    while short / strides[-1] > MIN_MAP_SIDE:
        strides.append(strides[-1] * 2)
    return strides
