"""Judging a picture without a network: by the patches it is made of, at several sizes.

After Elnekave & Weiss 2022, "Generating natural images with direct patch distributions matching"
(GPDM). Departures: the content is held by a cost of its own; a picture is judged at its size and
its halves at once; directions are drawn once a scale, of all degrees of smoothness, so two
judgements of a picture are equal and L-BFGS can go down; distances are squared, so blended styles
meet in their Wasserstein barycentre along each direction.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from ..frame.errors import BadSetting
from .colours import luminance
from .costs import Cost, total_cost, total_variation
from .features import SIZE, halved
from .network import Picture
from .objective import Judgement, Scene
from .slicing import Filters, Slices

DIRECTIONS = 64  # at each size
HELD = 48  # pixels of the longer side the content is held at: what is finer is the style's
COLOUR = 0.01  # weight of the content's own pixels beside its light and shade
VARIATION = 0.6  # weight of variation at strength 1, for pictures of `SIZE` pixels
BALANCE = 16.0  # weight of style against content at strength ½, by eye
SMOOTH = (0.5, 3.0)  # pixels directions are smoothed by: the smooth see strokes, the rough noise
LEAST = 1e-4  # variance that even a picture of one colour is taken to have

Grey = Float[Tensor, "1 1 rows columns"]


@dataclass(eq=False)
class ByPatches:
    """Judges by patches of `patch` × `patch` pixels, at up to `octaves` sizes: the picture's own
    and its halves. Larger patches keep more of a stroke whole.

    Raises BadSetting for patches below 3 pixels, octaves below 1 and a seed below 0."""

    patch: int = 7
    seed: int = 0
    octaves: int = 5
    name: str = "patches"

    def __post_init__(self) -> None:
        if self.patch < 3 or self.octaves < 1:
            raise BadSetting(
                f"Expected patches of 3 pixels or more and 1 octave or more, got {self.patch} "
                f"and {self.octaves}."
            )
        if not 0 <= self.seed < 2**32:
            raise BadSetting(f"Expected a seed of 0 to {2**32 - 1}, got {self.seed}.")

    def smallest(self) -> int:
        """A patch, with room to move by its own size."""
        return 2 * self.patch

    def objective(self, scene: Scene) -> "PatchObjective":
        return PatchObjective(self, scene)


class PatchObjective:
    """Judges pictures of one scene by their patches."""

    def __init__(self, method: ByPatches, scene: Scene):
        self.scene = scene
        styles = [_grown(style, method.patch) for style in scene.styles]
        self.slices: list[Slices] = []
        chance = torch.Generator().manual_seed(method.seed)
        height, width = scene.content.shape[2:]
        while True:
            regions = _shrunk(scene.regions, height, width)
            filters = directions(styles, method.patch, chance)
            size = height, width
            self.slices.append(Slices(styles, scene.shares, filters, size, chance, regions))
            height, width = height // 2, width // 2
            sides = [height, width, *(side // 2 for style in styles for side in style.shape[2:])]
            if len(self.slices) == method.octaves or min(sides) < method.smallest():
                break
            styles = [halved(style) for style in styles]
        self.smooth = VARIATION * scene.strength * max(scene.content.shape[2:]) / SIZE
        self.light = self._light()
        self.contrast = self.light.var(unbiased=False).clamp(min=LEAST)
        self.colour = scene.content.var(unbiased=False).clamp(min=LEAST)

    def judge(self, picture: Picture) -> Judgement:
        """The costs and their slope. Content and style are relative: 1 is a picture all grey."""
        leaf = picture.detach().requires_grad_()
        strength = self.scene.strength
        with torch.enable_grad():
            content, style = self.content(leaf), self.style(leaf)
            variation = total_variation(leaf)
            weights = {"alpha": 1 - strength, "beta": BALANCE * strength, "gamma": self.smooth}
            total = total_cost(content, style, variation, **weights)
        (gradient,) = torch.autograd.grad(total, leaf)
        parts = {"content": content, "style/patches": style, "variation": variation}
        told = {name: float(part.detach()) for name, part in parts.items()}
        return Judgement(float(total.detach()), told, gradient.contiguous())

    def content(self, picture: Picture) -> Cost:
        """How far light and shade are from what is held, and a little how far pixels are."""
        light = (held(picture) - self.light).square().mean() / self.contrast
        pixels = (picture - self.scene.content).square().mean() / self.colour
        return (light + COLOUR * pixels) / (1 + COLOUR)

    def style(self, picture: Picture) -> Cost:
        """The distance of the patches, the mean of all sizes."""
        costs = []
        for octave, slices in enumerate(self.slices):
            picture = halved(picture) if octave else picture
            costs.append(slices.distance(picture))
        return torch.stack(costs).mean()

    def _light(self) -> Grey:
        """The content's light and shade; with more strength, as bright and as deep as the style's,
        for a night cannot be painted by the patches of a day."""
        own = held(self.scene.content)
        lights = [held(style) for style in self.scene.styles]
        lent = torch.cat([_as_bright(own, light) for light in lights])
        regions = _shrunk(self.scene.regions, own.shape[2], own.shape[3])
        shares = own.new_tensor(self.scene.shares)[:, None, None]
        lent = (lent * (shares if regions is None else regions)[:, None]).sum(0, keepdim=True)
        rest = 0 if regions is None else (1 - regions.sum(0)) * own
        return torch.lerp(own, lent + rest, min(1.0, 2 * self.scene.strength))


def directions(styles: Sequence[Tensor], patch: int, chance: torch.Generator) -> Filters:
    """Random directions of length 1: noise, smoothed by as many pixels as chance has it, in
    colours in which the styles' pixels vary alike. Plain noise is blind to most of a picture,
    which is smooth, and to its colours, which vary less than its light."""
    drawn = torch.randn(DIRECTIONS, 3, patch, patch, generator=chance, dtype=torch.float64)
    low, high = (torch.tensor(reach).log() for reach in SMOOTH)
    reach = torch.lerp(low, high, torch.rand(DIRECTIONS, generator=chance)).exp().double()
    across = torch.arange(patch, dtype=torch.float64)
    apart = (across[:, None] - across).square() / (2 * reach.square())[:, None, None]
    blur = (-apart).exp()
    drawn = torch.einsum("dij,dcjk,dkl->dcil", blur, drawn, blur)
    pixels = torch.cat([style[0].flatten(1) for style in styles], 1).double().cpu()
    values, vectors = torch.linalg.eigh(torch.cov(pixels))
    alike = (vectors / (values.clamp(min=0) + LEAST).sqrt()) @ vectors.T
    drawn = torch.einsum("ce,deij->dcij", alike, drawn)
    return F.normalize(drawn.flatten(1), dim=1).view_as(drawn).to(styles[0])


def held(picture: Picture) -> Grey:
    """The light and shade that the content is held by: no finer than `HELD` pixels."""
    grey = luminance(picture)
    height, width = grey.shape[2:]
    smaller = min(1.0, HELD / max(height, width))
    size = max(1, round(height * smaller)), max(1, round(width * smaller))
    return F.interpolate(grey, size, mode="bilinear", antialias=True) if smaller < 1 else grey


def _as_bright(grey: Grey, like: Float[Tensor, "1 1 height width"]) -> Grey:
    """Light and shade with the mean and the spread of another's."""
    spread = grey.std(unbiased=False).clamp(min=LEAST)
    return (grey - grey.mean()) * (like.std(unbiased=False) / spread) + like.mean()


def _grown(style: Tensor, patch: int) -> Tensor:
    """A style that patches fit in; one that is smaller is enlarged."""
    factor = 2 * patch / min(style.shape[2:])
    if factor <= 1:
        return style
    size = [max(2 * patch, round(side * factor)) for side in style.shape[2:]]
    return F.interpolate(style, size, mode="bilinear")


def _shrunk(
    regions: Float[Tensor, "styles height width"] | None, height: int, width: int
) -> Float[Tensor, "styles rows columns"] | None:
    return None if regions is None else F.adaptive_avg_pool2d(regions[None], (height, width))[0]
