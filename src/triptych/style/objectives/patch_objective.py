"""Judging a picture without a network: by the patches it is made of.

After Elnekave & Weiss 2022, "Generating natural images with direct patch distributions matching"
(GPDM). Departures: a picture is judged at its size and its halves at once; directions are drawn
once a scale, of all degrees of smoothness, so two judgements of a picture are equal and L-BFGS can
go down; distances are squared, so blended styles meet in their Wasserstein barycentre along each
direction. And two costs stand beside: each patch is drawn to one of the style's (`nearest`), else
there would be no strokes, and the content is held from afar (`holding`), else there would be no
things.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from ...frame.errors import ConfigError
from ..losses.gatys import Cost, total_loss, total_variation
from ..losses.nearest_patch import LEAST, NearestPatchLoss
from ..losses.sliced_wasserstein import Filters, SlicedWasserstein
from ..networks._extractor import Image
from ..schedule import Schedule
from .content_lowpass import LowpassContentLoss
from .feature_objective import SIZE, downsample_2x
from .objective import LossAndGradient, ScaleInputs

SCHEDULE = Schedule((80, 50, 30), growth=2.0)  # enlarged less and more often, strokes blur
DIRECTIONS = 64  # at each size: with few, what none of them sees is left as it was
BALANCE = 1.5  # weight of style against content at strength ½: by eye, over three pairs, and
SLICED = 4.0  # of the sliced distances beside that of single patches: the whole palette comes
VARIATION = 0.45  # weight of variation at strength 1, for pictures of `SIZE` pixels
SMOOTH = (0.5, 3.0)  # pixels directions are smoothed by: the smooth see strokes, the rough noise
CPU = torch.device("cpu")
VARIED = 0.01  # of the variance of light, that each axis of colour is taken to have at least


@dataclass(eq=False)
class PatchMethod:
    """Judges by patches of `patch` × `patch` pixels, one by one, and their distributions at up to
    `octaves` sizes: the picture's own and its halves. Larger patches keep more of a stroke whole.

    Raises ConfigError for patches below 3 pixels, octaves below 1 and a seed below 0."""

    patch: int = 9
    seed: int = 0
    octaves: int = 5
    device: torch.device = CPU
    name: str = "patches"

    def __post_init__(self) -> None:
        if self.patch < 3 or self.octaves < 1:
            raise ConfigError(
                f"Expected patches of 3 pixels or more and 1 octave or more, got {self.patch} "
                f"and {self.octaves}."
            )
        if not 0 <= self.seed < 2**32:
            raise ConfigError(f"Expected a seed of 0 to {2**32 - 1}, got {self.seed}.")

    @property
    def schedule(self) -> Schedule:
        return SCHEDULE

    def smallest(self) -> int:
        """A patch, with room to move by its own size."""
        return 2 * self.patch

    def objective(self, scene: ScaleInputs) -> "PatchObjective":
        return PatchObjective(self, scene)


class PatchObjective:
    """Judges pictures of one scene by their patches."""

    def __init__(self, method: PatchMethod, scene: ScaleInputs):
        self.scene, self.held = scene, LowpassContentLoss(scene)
        styles = [_enlarge(style, method.patch) for style in scene.styles]
        chance = torch.Generator().manual_seed(method.seed)
        self.nearest = NearestPatchLoss(
            styles,
            scene.style_weights,
            method.patch,
            self.held.whole,
            chance,
            scene.normalized_regions,
        )
        self.slices: list[SlicedWasserstein] = []
        height, width = scene.content.shape[2:]
        while True:
            regions = _resize_regions(scene.regions, height, width)
            filters = random_projections(styles, method.patch, chance)
            size = height, width
            self.slices.append(
                SlicedWasserstein(styles, scene.style_weights, filters, size, chance, regions)
            )
            height, width = height // 2, width // 2
            sides = [height, width, *(side // 2 for style in styles for side in style.shape[2:])]
            if len(self.slices) == method.octaves or min(sides) < method.smallest():
                break
            styles = [downsample_2x(style) for style in styles]
        self.smooth = VARIATION * scene.strength * max(scene.content.shape[2:]) / SIZE

    def evaluate(self, picture: Image) -> LossAndGradient:
        """The costs and their slope. Content and style are relative: 1 is a picture all grey."""
        leaf = picture.detach().requires_grad_()
        strength = self.scene.strength
        with torch.enable_grad():
            content, variation = self.held.cost(leaf), total_variation(leaf)
            sliced, nearest = self.sliced(leaf), self.nearest.distance(leaf)
            weights = {"alpha": 1 - strength, "beta": BALANCE * strength, "gamma": self.smooth}
            total = total_loss(content, SLICED * sliced + nearest, variation, **weights)
        (gradient,) = torch.autograd.grad(total, leaf)
        parts = {"content": content, "style/patches": sliced, "style/nearest": nearest}
        parts["variation"] = variation
        told = {name: float(part.detach()) for name, part in parts.items()}
        return LossAndGradient(float(total.detach()), told, gradient.contiguous())

    def sliced(self, picture: Image) -> Cost:
        """The distance of the distributions of patches, the mean of all sizes."""
        costs = []
        for octave, slices in enumerate(self.slices):
            picture = downsample_2x(picture) if octave else picture
            costs.append(slices.distance(picture))
        return torch.stack(costs).mean()


def random_projections(styles: Sequence[Tensor], patch: int, chance: torch.Generator) -> Filters:
    """Random directions of length 1: noise, smoothed by as many pixels as chance has it, in
    colours in which the styles' pixels vary alike. Plain noise is blind to most of a picture,
    which is smooth, and to its colours, which vary less than its light. Colours a style does not
    have are looked at no more than its light: there is nothing to be seen."""
    drawn = torch.randn(DIRECTIONS, 3, patch, patch, generator=chance, dtype=torch.float64)
    low, high = (torch.tensor(reach).log() for reach in SMOOTH)
    reach = torch.lerp(low, high, torch.rand(DIRECTIONS, generator=chance)).exp().double()
    across = torch.arange(patch, dtype=torch.float64)
    apart = (across[:, None] - across).square() / (2 * reach.square())[:, None, None]
    blur = (-apart).exp()
    drawn = torch.einsum("dij,dcjk,dkl->dcil", blur, drawn, blur)
    pixels = torch.cat([style[0].flatten(1) for style in styles], 1).double().cpu()
    values, vectors = torch.linalg.eigh(torch.cov(pixels))
    least = VARIED * values.max() + LEAST
    whitening = (vectors / values.clamp(min=float(least)).sqrt()) @ vectors.T
    drawn = torch.einsum("ce,deij->dcij", whitening, drawn)
    return F.normalize(drawn.flatten(1), dim=1).view_as(drawn).to(styles[0])


def _enlarge(style: Tensor, patch: int) -> Tensor:
    """A style that patches fit in; one that is smaller is enlarged."""
    factor = 2 * patch / min(style.shape[2:])
    if factor <= 1:
        return style
    size = [max(2 * patch, round(side * factor)) for side in style.shape[2:]]
    return F.interpolate(style, size, mode="bilinear")


def _resize_regions(
    regions: Float[Tensor, "styles height width"] | None, height: int, width: int
) -> Float[Tensor, "styles rows columns"] | None:
    return None if regions is None else F.adaptive_avg_pool2d(regions[None], (height, width))[0]
