"""White shapes on black that are no digit: what a network must learn to say nothing about.

Training with such outliers lets a classifier doubt what it has never seen (Hendrycks et al. 2019).
"""

from functools import lru_cache

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from ...frame.rng import CounterRNG
from ..data.backgrounds import NOISE_SCALES, noise_windows
from .rasterize import rasterize_strokes
from .splines import catmull_rom_weights

KINDS = 4
MIN_POINTS, MAX_POINTS = 4, 9  # of a scribble
SEGMENTS = 40  # of a scribble's curve
RADIUS = (0.7, 2.2)  # pixels: half the width of a scribble's stroke
SHIFT = 6  # pixels: between two digits written over each other


def clutter(
    digits: Float[Tensor, "batch 1 height width"],
    others: Float[Tensor, "batch 1 height width"],
    rng: CounterRNG,
) -> Float[Tensor, "batch 1 height width"]:
    """An image of clutter for each image, 0 … 1: two digits over each other, blotches, a solid
    shape or a scribble.

    Parameters:
        digits: white on black, 0 … 1.
        others: more of them.
        rng: one stream for each image.
    """
    kinds = rng.integers("clutter kind", KINDS)
    drawn = torch.cat([_blotches(rng), _solid(rng), _scribbles(rng)], 1)
    if drawn.shape[2:] != digits.shape[2:]:
        drawn = F.interpolate(drawn, digits.shape[2:], mode="bilinear")
    made = torch.cat([_overlaid(digits, others, rng), drawn], 1)
    return made.gather(1, kinds[:, None, None, None].expand_as(digits))


def _overlaid(
    digits: Float[Tensor, "batch 1 height width"],
    others: Float[Tensor, "batch 1 height width"],
    rng: CounterRNG,
) -> Float[Tensor, "batch 1 height width"]:
    """A digit over another that is mirrored, and moved aside."""
    shift = rng.integers("clutter shift", 2 * SHIFT + 1, 2) - SHIFT
    down, across = (torch.arange(side, device=shift.device) for side in digits.shape[2:])
    rows = (down - shift[:, :1]).clamp(0, len(down) - 1)[:, None, :, None]
    columns = (across.flip(0) + shift[:, 1:]).clamp(0, len(across) - 1)[:, None, None, :]
    batch = torch.arange(len(others), device=shift.device)[:, None, None, None]
    return torch.maximum(digits, others[batch, 0, rows, columns])


def _blotches(rng: CounterRNG) -> Float[Tensor, "batch 1 28 28"]:
    """Smooth noise above a threshold: stains, grain, parts of photographs."""
    level = rng.uniform("blotch level", low=0.4, high=0.62)[:, None, None]
    gain = rng.uniform("blotch gain", low=2, high=16)[:, None, None]
    reach = rng.uniform("blotch reach", low=7, high=20)[:, None, None]
    field = 1 + rng.integers("blotch field", len(NOISE_SCALES) - 1)
    noise = noise_windows(rng, "blotch corner", field, (28, 28))
    index = torch.arange(28, device=level.device)
    x, y = index - 13.5, index[:, None] - 13.5
    window = ((reach - (x.square() + y.square()).sqrt()) / 3).clamp(0, 1)
    return (((noise - level) * gain).clamp(0, 1) * window)[:, None]


def _solid(rng: CounterRNG) -> Float[Tensor, "batch 1 28 28"]:
    """A filled diamond, ellipse or rectangle, turned, shaded, and often cut by a straight line."""
    angle, cut = rng.uniform("solid angle", 2, high=2 * torch.pi)[..., None, None].unbind(1)
    half = rng.uniform("solid size", 2, low=5, high=12)[..., None, None]
    power = torch.tensor([1.0, 2.0, 8.0], device=angle.device)[rng.integers("solid kind", 3)]
    index = torch.arange(28, device=angle.device) - 13.5
    x, y = index, index[:, None]
    along = (x * angle.cos() + y * angle.sin()).abs() / half[:, 0]
    across = (y * angle.cos() - x * angle.sin()).abs() / half[:, 1]
    inside = along ** power[:, None, None] + across ** power[:, None, None] < 1
    offset = rng.uniform("solid cut", low=-4, high=14)[:, None, None]
    inside &= x * cut.cos() + y * cut.sin() < offset
    shade = rng.uniform("solid shade", high=0.8)[:, None, None]
    light = 1 - shade * (0.5 + (x * cut.sin() + y * cut.cos()) / 28).clamp(0, 1)
    return (inside * light)[:, None]


def _scribbles(rng: CounterRNG) -> Float[Tensor, "batch 1 28 28"]:
    """A smooth curve through random points, drawn with a pen of one width."""
    points = rng.uniform("scribble points", MAX_POINTS, 2)
    count = rng.integers("scribble length", MAX_POINTS - MIN_POINTS + 1)
    knots = _curve_weights(points.device)[count] @ points
    radius = rng.uniform("scribble width", low=RADIUS[0], high=RADIUS[1])
    edge = torch.ones_like(radius)
    starts, ends = knots[:, :-1], knots[:, 1:]
    images = rasterize_strokes(starts, ends, radius[:, None].expand(-1, SEGMENTS), edge)
    return images[:, None].float() / 255


@lru_cache(maxsize=4)
def _curve_weights(device: torch.device) -> Float[Tensor, "lengths knots points"]:
    """For each number of points, the matrix that maps them to knots along a curve through them."""
    matrices = []
    for count in range(MIN_POINTS, MAX_POINTS + 1):
        even = np.stack([np.arange(count, dtype=float), np.zeros(count)], 1)
        matrix = np.zeros((SEGMENTS + 1, MAX_POINTS))
        matrix[:, :count] = catmull_rom_weights(even, SEGMENTS)
        matrices.append(matrix)
    return torch.from_numpy(np.stack(matrices)).float().to(device)
