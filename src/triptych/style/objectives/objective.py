"""What a painter is asked for at one scale, and the contract of what judges the picture."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor

from ..networks._extractor import Image
from ..schedule import Schedule


@dataclass(frozen=True, eq=False)
class ScaleInputs:
    """All that is given at one scale: the content at the size to be painted, the styles each at
    a size of its own.

    `style_weights` sum to 1. `regions`, where given, says how much each style holds at
    each pixel, 0 … 1; where all are 0 the content stays as it is. `strength` is 0 (content alone)
    to 1 (style alone), and looks alike at every size."""

    content: Image
    styles: tuple[Tensor, ...]  # each a Picture
    style_weights: tuple[float, ...]
    strength: float
    regions: Float[Tensor, "styles height width"] | None = None

    @property
    def normalized_regions(self) -> Float[Tensor, "styles height width"] | None:
        """The regions, where styles meet shared out by their shares: each pixel is covered as
        much in all as before, but where only styles without any share hold it."""
        if self.regions is None:
            return None
        weighted = self.regions * self.regions.new_tensor(self.style_weights)[:, None, None]
        whole = weighted.sum(0)
        return weighted * (self.regions.sum(0) / whole.clamp(min=torch.finfo(whole.dtype).tiny))


@dataclass(frozen=True, eq=False)
class LossAndGradient:
    """How far a picture is from what was asked: the total, its parts by name ("content",
    "style/relu1_1", "variation"), unweighted, and the slope of the total for each pixel."""

    total: float
    parts: dict[str, float]
    gradient: Image


@runtime_checkable
class Objective(Protocol):
    """What judges a picture of one size, again and again, while it is painted."""

    def evaluate(self, picture: Image) -> LossAndGradient:
        """The costs of a picture and their gradient. The picture is not changed."""
        ...


@runtime_checkable
class ObjectiveFactory(Protocol):
    """A way to judge: by the features of a network, or by patches. Chosen by `--features`.
    Its `schedule` is how it is painted with where nobody says otherwise; `device` is where it
    judges."""

    name: str

    @property
    def device(self) -> torch.device: ...

    @property
    def schedule(self) -> Schedule: ...

    def objective(self, scene: ScaleInputs) -> Objective:
        """What judges pictures of the size of the scene's content; all that does not change
        from step to step is computed here."""
        ...

    def smallest(self) -> int:
        """The shortest side in pixels a picture of any scale must have."""
        ...
