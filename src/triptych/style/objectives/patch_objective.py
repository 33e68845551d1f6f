"""The objective without a network: style by the distribution of patches.

After Elnekave & Weiss 2022, "Generating natural images with direct patch distributions matching"
(GPDM). Departures: an image is compared at its size and its halves at once; directions are drawn
once a scale, of all degrees of smoothness, so that two evaluations of an image are equal and L-BFGS
can minimize; distances are squared, so blended styles meet in their Wasserstein barycenter along
each direction. Two losses stand beside: each patch is drawn to one of the style's
(`losses.nearest_patch`), else there would be no strokes, and a low-pass content loss
(`content_lowpass`), else there would be no objects.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from ...frame.errors import ConfigError
from ..imaging.pyramid import downsample_2x
from ..losses.gatys import Loss, total_loss, total_variation
from ..losses.nearest_patch import MIN_VARIANCE, NearestPatchLoss
from ..losses.sliced_wasserstein import Filters, SlicedWasserstein
from ..networks._extractor import Image
from ..schedule import Schedule
from .content_lowpass import LowpassContentLoss
from .feature_objective import TV_REFERENCE_SIZE
from .objective import LossAndGradient, ScaleInputs

SCHEDULE = Schedule((80, 50, 30), growth=2.0)  # enlarged less and more often, strokes blur
NUM_DIRECTIONS = 64  # at each size: with few, what none of them sees is left as it was
STYLE_WEIGHT = 1.5  # weight of style against content at strength ½: by eye, over three pairs, and
SLICED_WEIGHT = (
    4.0  # of the sliced distances beside that of single patches: the whole palette comes
)
TV_WEIGHT = 0.45  # weight of variation at strength 1, for pictures of `SIZE` pixels
SMOOTHING_RANGE = (
    0.5,
    3.0,
)  # pixels directions are smoothed by: the smooth see strokes, the rough noise
CPU = torch.device("cpu")
MIN_COLOR_VARIANCE = (
    0.01  # of the variance of light, that each axis of colour is taken to have at least
)


@dataclass(eq=False)
class PatchMethod:
    """Compares images by patches of `patch` × `patch` pixels: one by one, and their distributions
    at up to `octaves` sizes, the image's own and its halves.

    Parameters:
        patch: side in pixels, 3 or more; larger ones take more of a stroke at once.
        seed: of the random directions and positions.
        octaves: the most sizes.
        device: to compute on.
        name: what errors call the method.

    Raises ConfigError for values out of range.
    """

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
        """Steps at each scale, of twice the size of the last."""
        return SCHEDULE

    def min_size(self) -> int:
        """A patch, with room to move by its own size."""
        return 2 * self.patch

    def objective(self, inputs: ScaleInputs) -> "PatchObjective":
        """The objective for images of the size of the content in `inputs`."""
        return PatchObjective(self, inputs)


class PatchObjective:
    """The objective at one scale, by patches.

    Parameters:
        method: patch size, seed and octaves.
        inputs: content, styles, weights and regions at this scale.
    """

    def __init__(self, method: PatchMethod, inputs: ScaleInputs):
        self.inputs, self.content_loss = inputs, LowpassContentLoss(inputs)
        styles = [_enlarge(style, method.patch) for style in inputs.styles]
        generator = torch.Generator().manual_seed(method.seed)
        self.nearest_loss = NearestPatchLoss(
            styles,
            inputs.style_weights,
            method.patch,
            self.content_loss.target,
            generator,
            inputs.normalized_regions,
        )
        self.sliced_losses: list[SlicedWasserstein] = []
        height, width = inputs.content.shape[2:]
        while True:
            regions = _resize_regions(inputs.regions, height, width)
            filters = random_projections(styles, method.patch, generator)
            size = height, width
            self.sliced_losses.append(
                SlicedWasserstein(styles, inputs.style_weights, filters, size, generator, regions)
            )
            height, width = height // 2, width // 2
            sides = [height, width, *(side // 2 for style in styles for side in style.shape[2:])]
            if len(self.sliced_losses) == method.octaves or min(sides) < method.min_size():
                break
            styles = [downsample_2x(style) for style in styles]
        self.tv_weight = (
            TV_WEIGHT * inputs.strength * max(inputs.content.shape[2:]) / TV_REFERENCE_SIZE
        )

    def evaluate(self, image: Image) -> LossAndGradient:
        """The loss of an image and its gradient. Content and style are relative: 1 is an image all
        grey.
        """
        leaf = image.detach().requires_grad_()
        strength = self.inputs.strength
        with torch.enable_grad():
            content, variation = self.content_loss.loss(leaf), total_variation(leaf)
            sliced, nearest = self.sliced_distance(leaf), self.nearest_loss.distance(leaf)
            weights = {
                "alpha": 1 - strength,
                "beta": STYLE_WEIGHT * strength,
                "gamma": self.tv_weight,
            }
            total = total_loss(content, SLICED_WEIGHT * sliced + nearest, variation, **weights)
        (gradient,) = torch.autograd.grad(total, leaf)
        parts = {"content": content, "style/patches": sliced, "style/nearest": nearest}
        parts["variation"] = variation
        values = {name: float(part.detach()) for name, part in parts.items()}
        return LossAndGradient(float(total.detach()), values, gradient.contiguous())

    def sliced_distance(self, image: Image) -> Loss:
        """The distance of the distributions of patches, the mean of all sizes."""
        distances = []
        for octave, slices in enumerate(self.sliced_losses):
            image = downsample_2x(image) if octave else image
            distances.append(slices.distance(image))
        return torch.stack(distances).mean()


def random_projections(styles: Sequence[Tensor], patch: int, generator: torch.Generator) -> Filters:
    """Random directions of length 1 in the space of patches, (D, 3, patch, patch).

    They are noise, smoothed by a random number of pixels, in colors in which the styles' pixels
    vary alike. Plain noise is blind to most of an image, which is smooth, and to its colors, which
    vary less than its luminance. Colors a style does not have count no more than its luminance.

    Parameters:
        styles: whose colors are whitened.
        patch: side in pixels.
        generator: draws them.
    """
    drawn = torch.randn(NUM_DIRECTIONS, 3, patch, patch, generator=generator, dtype=torch.float64)
    low, high = (torch.tensor(reach).log() for reach in SMOOTHING_RANGE)
    reach = torch.lerp(low, high, torch.rand(NUM_DIRECTIONS, generator=generator)).exp().double()
    across = torch.arange(patch, dtype=torch.float64)
    squared_offsets = (across[:, None] - across).square() / (2 * reach.square())[:, None, None]
    blur = (-squared_offsets).exp()
    drawn = torch.einsum("dij,dcjk,dkl->dcil", blur, drawn, blur)
    pixels = torch.cat([style[0].flatten(1) for style in styles], 1).double().cpu()
    values, vectors = torch.linalg.eigh(torch.cov(pixels))
    least = MIN_COLOR_VARIANCE * values.max() + MIN_VARIANCE
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
