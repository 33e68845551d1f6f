"""What is to be optimized at one scale, and the contract of an objective: loss and gradient."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor

from ..networks._extractor import Image
from ..schedule import Schedule


@dataclass(frozen=True, eq=False)
class ScaleInputs:
    """All that is given at one scale.

    Parameters:
        content: at the size to be painted, (1, 3, height, width).
        styles: each at a size of its own, (1, 3, height, width).
        style_weights: one for each style; they sum to 1.
        strength: 0 (content alone) to 1 (style alone); it looks alike at every size.
        regions: how much each style covers of each pixel, 0 … 1, (styles, height, width); where all
            are 0 the content stays as it is. None: the styles are mixed everywhere.
    """

    content: Image
    styles: tuple[Tensor, ...]  # each a Picture
    style_weights: tuple[float, ...]
    strength: float
    regions: Float[Tensor, "styles height width"] | None = None

    @property
    def normalized_regions(self) -> Float[Tensor, "styles height width"] | None:
        """The regions, divided by the style weights where styles meet.

        Each pixel is covered as much in all as before, but where only styles of weight 0 cover it.
        """
        if self.regions is None:
            return None
        weighted = self.regions * self.regions.new_tensor(self.style_weights)[:, None, None]
        whole = weighted.sum(0)
        return weighted * (self.regions.sum(0) / whole.clamp(min=torch.finfo(whole.dtype).tiny))


@dataclass(frozen=True, eq=False)
class LossAndGradient:
    """The loss of an image and its gradient.

    Parameters:
        total: the weighted sum, which is minimized.
        parts: its terms by name ("content", "style/relu1_1", "variation"), unweighted.
        gradient: of the total for each pixel, (1, 3, height, width).
    """

    total: float
    parts: dict[str, float]
    gradient: Image


@runtime_checkable
class Objective(Protocol):
    """The function that is minimized over images of one size."""

    def evaluate(self, image: Image) -> LossAndGradient:
        """The loss of an image and its gradient. The image is not changed."""
        ...


@runtime_checkable
class ObjectiveFactory(Protocol):
    """A way to compare images: by the features of a network, or by patches. Chosen by `--features`.

    Its `schedule` is the number of steps at each scale where nothing else is said; `device` is
    where it computes.
    """

    name: str

    @property
    def device(self) -> torch.device: ...

    @property
    def schedule(self) -> Schedule: ...

    def objective(self, inputs: ScaleInputs) -> Objective:
        """The objective for images of the size of the content in `inputs`; all that does not change
        from step to step is computed here.
        """
        ...

    def min_size(self) -> int:
        """The shortest side, in pixels, that an image of any scale must have."""
        ...
