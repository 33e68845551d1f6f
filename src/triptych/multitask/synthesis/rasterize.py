"""Strokes of ink on black, framed as MNIST is (LeCun et al. 1998).

The distance to a stroke is a smooth minimum over its pieces: −log Σ exp(−distance²). Each term
is a product of one number per column and one per row, so a whole picture is a small matrix
product, and a batch is drawn thirty times faster than with the distance to each piece.
"""

import torch
from jaxtyping import Float, Int, UInt8
from torch import Tensor
from torch.nn import functional as F

SIDE = 28
BOX = 20  # ink fits a square of this side
BLUR = 0.6  # pixels; below half the pieces' spacing a stroke would fall into beads
MIN_EXPONENT = -40.0  # exponents below cost time as denormal numbers and add nothing


def rasterize_strokes(
    starts: Float[Tensor, "batch piece 2"],
    ends: Float[Tensor, "batch piece 2"],
    radius: Float[Tensor, "batch piece"],
    edge_width: Float[Tensor, " batch"],
) -> UInt8[Tensor, "batch 28 28"]:
    """Pictures of strokes given by pieces, in any unit; `radius` and `rim` are in pixels.

    Strokes are scaled to fit the box, drawn with half the stroke's width `radius` and a soft rim
    of width `rim`, and moved so that the centre of mass is in the middle.
    """
    starts, ends = scale_to_box(starts, ends, radius.mean(1))
    return center_by_mass(rasterize(starts, ends, radius, edge_width))


def scale_to_box(
    starts: Float[Tensor, "batch piece 2"],
    ends: Float[Tensor, "batch piece 2"],
    margin: Float[Tensor, " batch"],
) -> tuple[Float[Tensor, "batch piece 2"], Float[Tensor, "batch piece 2"]]:
    """Both ends scaled so that the longer side fills the box but for the margin, and centred."""
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
    """Ink 0 … 1 in the box, pixel centres at halves."""
    spread = 2 * BLUR**2
    grid = torch.arange(BOX, device=starts.device) + 0.5
    offsets = grid - ((starts + ends) / 2)[..., None]
    columns, rows = (offsets.square_() / -spread).clamp_(min=MIN_EXPONENT).exp_().unbind(2)
    length = (ends - starts).norm(dim=2) / (BLUR * (2 * torch.pi) ** 0.5)
    weight = length * (radius.square() / spread).exp()
    field = (rows * weight[..., None]).transpose(1, 2) @ columns
    middle = radius.mean(1)[:, None, None]
    distance = (middle**2 - spread * field.log()).clamp_(min=0).sqrt_()
    return (0.5 - (distance - middle) / edge_width[:, None, None]).clamp_(0, 1)


def center_by_mass(box: Float[Tensor, "batch 20 20"]) -> UInt8[Tensor, "batch 28 28"]:
    """The ink moved by whole pixels until its centre of mass is nearest to pixel (14, 14)."""
    top, left = (_offset_of_mass(box.sum(axis)) for axis in (2, 1))
    flat = F.pad((box * 255).round_().to(torch.uint8).flatten(1), (0, 1))
    place = torch.arange(SIDE, device=box.device)
    rows, columns = place - top[:, None], place - left[:, None]
    inside = _within(rows)[:, :, None] & _within(columns)[:, None]
    source = torch.where(inside, rows[:, :, None] * BOX + columns[:, None], BOX * BOX)
    return flat.gather(1, source.flatten(1)).view(-1, SIDE, SIDE)


def _offset_of_mass(profile: Float[Tensor, "batch 20"]) -> Int[Tensor, " batch"]:
    place = torch.arange(BOX, dtype=profile.dtype, device=profile.device)
    middle = profile @ place / profile.sum(1).clamp(min=1e-6)
    return (SIDE // 2 - middle).round().long().clamp_(0, SIDE - BOX)


def _within(place: Int[Tensor, "batch 28"]) -> Tensor:
    return (place >= 0) & (place < BOX)
