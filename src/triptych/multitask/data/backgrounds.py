"""What lies behind cut-outs: plain colours, gradients, noise, and shapes strewn about."""

from functools import lru_cache
from typing import Literal

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor

from ...frame.rng import CounterRNG
from .compositing import RGBAPatches

BackgroundKind = Literal["white", "flat", "gradient", "noise", "any"]
KINDS = ("white", "flat", "gradient", "noise")
FIELD = 256  # pixels: the side of the noise fields that grounds are cut from
NOISE_SCALES = (1, 3, 7, 15)  # pixels: how coarse the noise of each field is
SMALLEST, LARGEST = 0.05, 0.17  # of the image's side: half the width of a shape
POWERS = (1.0, 2.0, 8.0)  # |x|^p + |y|^p < 1: a diamond, an ellipse, a rounded rectangle


def sample_background(
    kind: BackgroundKind, rng: CounterRNG, size: tuple[int, int]
) -> Float[Tensor, "batch 3 height width"]:
    """A ground for each image, of `size` (height, width), with values 0 … 1.

    All but white mix two random colours: flat takes one, gradient goes over from one to the
    other in some direction, noise mixes them by a random field. "any" draws a kind per image.
    """
    colors = rng.uniform("ground colors", 2, 3)[..., None, None]
    if kind == "any":
        kinds = rng.integers("ground kind", len(KINDS))
    else:
        kinds = torch.full((len(colors),), KINDS.index(kind), device=colors.device)
    colors = torch.where((kinds == 0)[:, None, None, None, None], 1.0, colors)
    if kind in ("white", "flat"):
        return colors[:, 0].expand(-1, -1, *size)
    mixed = torch.where((kinds == 2)[:, None, None], _linear_gradient(rng, size), 0.0)
    if kind in ("noise", "any"):
        mixed = torch.where((kinds == 3)[:, None, None], _noise(rng, size), mixed)
    return torch.addcmul(colors[:, 0], colors[:, 1] - colors[:, 0], mixed[:, None])


def add_distractors(
    backgrounds: Float[Tensor, "batch 3 height width"], rng: CounterRNG, count: int
) -> Float[Tensor, "batch 3 height width"]:
    """The grounds with up to `count` flat shapes each, a tenth to a third of the image wide."""
    size = torch.tensor(backgrounds.shape[2:], device=backgrounds.device)
    number = rng.integers("shapes", count + 1)
    centre = rng.uniform("shape centres", count, 2) * size
    radius = rng.uniform("shape sizes", count, 2, low=SMALLEST, high=LARGEST) * size
    color = rng.uniform("shape colors", count, 3)[..., None, None]
    kind = torch.tensor(POWERS, device=backgrounds.device)[rng.integers("shape kinds", 3, count)]
    side = [int(2 * LARGEST * length) + 2 for length in backgrounds.shape[2:]]
    for shape in range(count):
        corner = (centre[:, shape] - radius[:, shape]).floor().clamp(min=0)
        corner = corner.minimum(size - torch.tensor(side, device=backgrounds.device)).long()
        down, across = (
            (
                (_pixels(corner[:, axis], side[axis]) - centre[:, shape, axis, None]).abs()
                / radius[:, shape, axis, None]
            )
            ** kind[:, shape, None]
            for axis in (0, 1)
        )
        inside = down[:, :, None] + across[:, None, :] < (number > shape)[:, None, None]
        alpha = inside[:, None].float()
        backgrounds = RGBAPatches(color[:, shape] * alpha, alpha, corner).paste_onto(backgrounds)
    return backgrounds


def _pixels(start: Int[Tensor, " batch"], length: int) -> Float[Tensor, "batch length"]:
    """The middles of `length` pixels from `start` on."""
    return start[:, None] + torch.arange(length, device=start.device) + 0.5


def _linear_gradient(rng: CounterRNG, size: tuple[int, int]) -> Float[Tensor, "batch height width"]:
    """From 0 to 1 across the image, in a direction of each image's own."""
    angle = rng.uniform("ramp angle", high=2 * torch.pi)
    x = (torch.arange(size[1], device=angle.device) + 0.5) / size[1] - 0.5
    y = (torch.arange(size[0], device=angle.device) + 0.5) / size[0] - 0.5
    across = angle.cos()[:, None] * x
    down = angle.sin()[:, None] * y
    return (across[:, None, :] + down[:, :, None] + 0.5).clamp(0, 1)


def _noise(rng: CounterRNG, size: tuple[int, int]) -> Float[Tensor, "batch height width"]:
    """A window of a noise field, at a place of each image's own; it wraps round at the edges."""
    corner = rng.integers("noise corner", FIELD, 2)
    field = rng.integers("noise grain", len(NOISE_SCALES))
    rows = (torch.arange(size[0], device=corner.device) + corner[:, :1]) % FIELD
    columns = (torch.arange(size[1], device=corner.device) + corner[:, 1:]) % FIELD
    fields = noise_fields(corner.device)
    return fields[field[:, None, None], rows[:, :, None], columns[:, None, :]]


@lru_cache(maxsize=4)
def noise_fields(device: torch.device) -> Float[Tensor, "grains side side"]:
    """Uniform noise, averaged over each grain's width; seamless, with values 0 … 1."""
    grains: Int[Tensor, " grains"] = torch.arange(len(NOISE_SCALES), device=device)
    white = CounterRNG([0, 3], grains).uniform("noise field", 1, FIELD, FIELD)
    fields = []
    for noise, grain in zip(white, NOISE_SCALES):
        around = F.pad(noise, [grain // 2] * 4, mode="circular")
        smooth = F.avg_pool2d(around, grain, stride=1)[0]
        fields.append((0.5 + (smooth - smooth.mean()) / smooth.std() / 4).clamp(0, 1))
    return torch.stack(fields)
