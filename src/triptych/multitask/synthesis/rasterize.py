"""Strokes as images, white on black, framed as MNIST is (LeCun et al. 1998).

The distance to a stroke is a smooth minimum over its segments: −log Σ exp(−distance²). Each term
is a product of one number per column and one per row, so a whole image is a small matrix product,
and a batch is rendered thirty times faster than with the distance to each segment.
"""

import torch
from jaxtyping import Float, Int, UInt8
from torch import Tensor
from torch.nn import functional as F

SIDE = 28  # pixels: of an image
BOX = 20  # pixels: of the square that the ink fits
BLUR = 0.6  # pixels; below half the spacing of the segments a stroke would fall into beads
MIN_EXPONENT = -40.0  # smaller ones cost time as denormal numbers and add nothing


def rasterize_strokes(
    starts: Float[Tensor, "batch piece 2"],
    ends: Float[Tensor, "batch piece 2"],
    radius: Float[Tensor, "batch piece"],
    edge_width: Float[Tensor, " batch"],
) -> UInt8[Tensor, "batch 28 28"]:
    """Images of strokes, 0 … 255: scaled to fit the box, drawn, and moved so that the center of
    mass is in the middle.

    Parameters:
        starts: (x, y) of each segment's start, in any unit.
        ends: (x, y) of each segment's end.
        radius: half the stroke's width at each segment, in pixels.
        edge_width: from full ink to none, in pixels.
    """
    starts, ends = scale_to_box(starts, ends, radius.mean(1))
    return center_by_mass(rasterize(starts, ends, radius, edge_width))


def scale_to_box(
    starts: Float[Tensor, "batch piece 2"],
    ends: Float[Tensor, "batch piece 2"],
    margin: Float[Tensor, " batch"],
) -> tuple[Float[Tensor, "batch piece 2"], Float[Tensor, "batch piece 2"]]:
    """Segments scaled so that the longer side fills the box, and centered in it.

    Parameters:
        starts: (x, y) of each segment's start, in any unit.
        ends: (x, y) of each segment's end.
        margin: left free on each side, in pixels.

    Returns starts and ends in pixels of the box.
    """
    low = torch.minimum(starts.amin(1), ends.amin(1))
    high = torch.maximum(starts.amax(1), ends.amax(1))
    scale = (BOX - 2 * margin) / (high - low).amax(1)
    scale, middle = scale[:, None, None], (high + low)[:, None] / 2
    return (starts - middle) * scale + BOX / 2, (ends - middle) * scale + BOX / 2


def rasterize(
    starts: Float[Tensor, "batch piece 2"],
    ends: Float[Tensor, "batch piece 2"],
    radius: Float[Tensor, "batch piece"],
    edge_width: Float[Tensor, " batch"],
) -> Float[Tensor, "batch 20 20"]:
    """Ink 0 … 1 in the box. Parameters as for `rasterize_strokes`, in pixels of the box.

    Parameters:
        starts: (x, y) of the segments, in pixels of the box.
        ends: (x, y) of the segments, in pixels of the box.
        radius: half the width of each segment's stroke.
        edge_width: over which ink fades at the edge of a stroke.
    """
    spread = 2 * BLUR**2
    grid = torch.arange(BOX, device=starts.device) + 0.5
    offsets = grid - ((starts + ends) / 2)[..., None]
    columns, rows = (offsets.square_() / -spread).clamp_(min=MIN_EXPONENT).exp_().unbind(2)
    length = (ends - starts).norm(dim=2) / (BLUR * (2 * torch.pi) ** 0.5)
    weight = length * (radius.square() / spread).exp()
    field = (rows * weight[..., None]).transpose(1, 2) @ columns
    mean_radius = radius.mean(1)[:, None, None]
    distance = (mean_radius**2 - spread * field.log()).clamp_(min=0).sqrt_()
    return (0.5 - (distance - mean_radius) / edge_width[:, None, None]).clamp_(0, 1)


def center_by_mass(box: Float[Tensor, "batch 20 20"]) -> UInt8[Tensor, "batch 28 28"]:
    """Images 0 … 255 with the ink of a box, 0 … 1, moved by whole pixels until its center of mass
    is nearest to pixel (14, 14)."""
    top, left = (_offset_of_mass(box.sum(axis)) for axis in (2, 1))
    padded = F.pad((box * 255).round_().to(torch.uint8).flatten(1), (0, 1))
    index = torch.arange(SIDE, device=box.device)
    rows, columns = index - top[:, None], index - left[:, None]
    inside = _within(rows)[:, :, None] & _within(columns)[:, None]
    source = torch.where(inside, rows[:, :, None] * BOX + columns[:, None], BOX * BOX)
    return padded.gather(1, source.flatten(1)).view(-1, SIDE, SIDE)


def _offset_of_mass(profile: Float[Tensor, "batch 20"]) -> Int[Tensor, " batch"]:
    """Where the box must begin along an axis so that the center of mass is in the middle.

    Parameters:
        profile: the ink of each row or column of the box.
    """
    index = torch.arange(BOX, dtype=profile.dtype, device=profile.device)
    middle = profile @ index / profile.sum(1).clamp(min=1e-6)
    return (SIDE // 2 - middle).round().long().clamp_(0, SIDE - BOX)


def _within(index: Int[Tensor, "batch 28"]) -> Tensor:
    return (index >= 0) & (index < BOX)
