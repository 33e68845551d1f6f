"""Backgrounds for cutouts: plain colors, gradients, noise, and distractors."""

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
NOISE_SIDE = 256  # pixels: of the noise fields that backgrounds are windows of
NOISE_SCALES = (1, 3, 7, 15)  # pixels: over how many the noise of each field is averaged
MIN_RADIUS, MAX_RADIUS = 0.05, 0.17  # of a distractor, in sides of the image
POWERS = (1.0, 2.0, 8.0)  # |x|^p + |y|^p < 1: a diamond, an ellipse, a rounded rectangle


def sample_background(
    kind: BackgroundKind, rng: CounterRNG, size: tuple[int, int]
) -> Float[Tensor, "batch 3 height width"]:
    """A random background for each image, RGB, 0 … 1.

    Parameters:
        kind: "white"; or two random colors of which "flat" takes one, "gradient" goes from one to
            the other in a random direction, and "noise" mixes them by a random field; "any" draws
            a kind for each image.
        rng: one stream for each image.
        size: height and width in pixels.
    """
    # the names of the streams are part of what an image looks like: they stay as they are
    colors = rng.uniform("ground colors", 2, 3)[..., None, None]
    if kind == "any":
        kinds = rng.integers("ground kind", len(KINDS))
    else:
        kinds = torch.full((len(colors),), KINDS.index(kind), device=colors.device)
    colors = torch.where((kinds == 0)[:, None, None, None, None], 1.0, colors)
    if kind in ("white", "flat"):
        return colors[:, 0].expand(-1, -1, *size)
    mix = colors.new_zeros(len(colors), *size)
    for wanted, field in ((2, _linear_gradient), (3, _noise)):
        some = (kinds == wanted).nonzero()[:, 0]
        mix[some] = field(rng.subset(some), size)
    return torch.addcmul(colors[:, 0], colors[:, 1] - colors[:, 0], mix[:, None])


def add_distractors(
    backgrounds: Float[Tensor, "batch 3 height width"], rng: CounterRNG, max_count: int
) -> Float[Tensor, "batch 3 height width"]:
    """Backgrounds with flat shapes on them, each a tenth to a third of the image wide.

    Parameters:
        backgrounds: RGB, 0 … 1.
        rng: one stream for each image.
        max_count: each image gets between none and so many.
    """
    size = torch.tensor(backgrounds.shape[2:], device=backgrounds.device)
    count = rng.integers("shapes", max_count + 1)
    center = rng.uniform("shape centres", max_count, 2) * size
    radius = rng.uniform("shape sizes", max_count, 2, low=MIN_RADIUS, high=MAX_RADIUS) * size
    color = rng.uniform("shape colors", max_count, 3)[..., None, None]
    kinds = rng.integers("shape kinds", 3, max_count)
    power = torch.tensor(POWERS, device=backgrounds.device)[kinds]
    side = [int(2 * MAX_RADIUS * length) + 2 for length in backgrounds.shape[2:]]
    last_corner = size - torch.tensor(side, device=backgrounds.device)
    for shape in range(max_count):
        corner = (center[:, shape] - radius[:, shape]).floor().clamp(min=0)
        corner = corner.minimum(last_corner).long()
        down, across = (
            (
                (_pixel_centers(corner[:, axis], side[axis]) - center[:, shape, axis, None]).abs()
                / radius[:, shape, axis, None]
            )
            ** power[:, shape, None]
            for axis in (0, 1)
        )
        inside = down[:, :, None] + across[:, None, :] < (count > shape)[:, None, None]
        alpha = inside[:, None].float()
        backgrounds = RGBAPatches(color[:, shape] * alpha, alpha, corner).paste_onto(backgrounds)
    return backgrounds


def _pixel_centers(start: Int[Tensor, " batch"], length: int) -> Float[Tensor, "batch length"]:
    """The centers of `length` pixels from `start` on."""
    return start[:, None] + torch.arange(length, device=start.device) + 0.5


def _linear_gradient(rng: CounterRNG, size: tuple[int, int]) -> Float[Tensor, "batch height width"]:
    """From 0 to 1 across the image, in a random direction."""
    angle = rng.uniform("ramp angle", high=2 * torch.pi)
    x = (torch.arange(size[1], device=angle.device) + 0.5) / size[1] - 0.5
    y = (torch.arange(size[0], device=angle.device) + 0.5) / size[0] - 0.5
    across = angle.cos()[:, None] * x
    down = angle.sin()[:, None] * y
    return (across[:, None, :] + down[:, :, None] + 0.5).clamp(0, 1)


def _noise(rng: CounterRNG, size: tuple[int, int]) -> Float[Tensor, "batch height width"]:
    """A random window of a random noise field, which repeats at its edges."""
    field = rng.integers("noise grain", len(NOISE_SCALES))
    return noise_windows(rng, "noise corner", field, size)


def noise_windows(
    rng: CounterRNG, stream: str, field: Int[Tensor, " batch"], size: tuple[int, int]
) -> Float[Tensor, "batch height width"]:
    """A random window of one of `noise_fields` for each image, 0 … 1.

    Parameters:
        rng: one stream for each image.
        stream: a name that no other draw of the generator has.
        field: which of the fields, 0 … 3: the higher, the coarser.
        size: height and width in pixels.
    """
    corner = rng.integers(stream, NOISE_SIDE, 2)
    rows = (torch.arange(size[0], device=corner.device) + corner[:, :1]) % NOISE_SIDE
    columns = (torch.arange(size[1], device=corner.device) + corner[:, 1:]) % NOISE_SIDE
    fields = noise_fields(corner.device)
    return fields[field[:, None, None], rows[:, :, None], columns[:, None, :]]


@lru_cache(maxsize=4)
def noise_fields(device: torch.device) -> Float[Tensor, "scales side side"]:
    """Uniform noise averaged over each of `NOISE_SCALES`, 0 … 1; periodic, so without seams."""
    scales: Int[Tensor, " scales"] = torch.arange(len(NOISE_SCALES), device=device)
    white = CounterRNG([0, 3], scales).uniform("noise field", 1, NOISE_SIDE, NOISE_SIDE)
    fields = []
    for noise, scale in zip(white, NOISE_SCALES):
        padded = F.pad(noise, [scale // 2] * 4, mode="circular")
        smooth = F.avg_pool2d(padded, scale, stride=1)[0]
        fields.append((0.5 + (smooth - smooth.mean()) / smooth.std() / 4).clamp(0, 1))
    return torch.stack(fields)
