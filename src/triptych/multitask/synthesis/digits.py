"""Digits as many hands write them: a path of `skeletons.py`, bent, leaning, in more or less ink."""

import math

import torch
from jaxtyping import Float, Int, UInt8
from torch import Tensor

from ...frame.rng import CounterRNG
from .rasterize import ink
from .strokes import PIECES, strokes

CHUNK = 8192  # digits drawn at a time, in 0.4 GB

# How hands differ: means and spreads (deviations), chosen beside MNIST's training digits so that
# lean, proportions, stroke width and grey levels vary about as much as theirs.
NEATNESS = 0.015, 0.07  # how far points are shaken, as a share of the height: from … to
BEND = 0.2
BREADTH, BREADTH_SPREAD = 0.95, 0.22  # times the width of the path; spread of the logarithm
LEAN, LEAN_SPREAD = 0.15, 0.28  # to the right, per height
TURN = 0.12  # radians
HALF_WIDTH, WIDTH_SPREAD = 1.3, 0.27  # pixels; spread of the logarithm
NIB, PRESSURE = 0.12, 0.1  # how much thicker a stroke is across the nib, and where it is pressed
RIM = 0.9, 1.6  # pixels from full ink to none: from … to


def handwritten(
    labels: Int[Tensor, " count"], seed: tuple[int, ...]
) -> UInt8[Tensor, "count 28 28"]:
    """A digit for each label, ink 0 … 255 on black; digit i depends on `seed` and i alone."""
    numbers = torch.arange(len(labels)).split(CHUNK)
    parts = [write(labels[part], CounterRNG(seed, part)) for part in numbers]
    return torch.cat(parts)


def write(labels: Int[Tensor, " batch"], chance: CounterRNG) -> UInt8[Tensor, "batch 28 28"]:
    """One digit for each label."""
    starts, ends = traced(labels, chance)
    starts, ends = posed(torch.stack([starts, ends], 1), chance).unbind(1)
    rim = chance.uniform("rim", low=RIM[0], high=RIM[1])
    return ink(starts, ends, pressed(ends - starts, chance), rim)


def traced(
    labels: Int[Tensor, " batch"], chance: CounterRNG
) -> tuple[Float[Tensor, "batch piece 2"], Float[Tensor, "batch piece 2"]]:
    """Starts and ends of the pieces along a path of each digit, its points shaken; 0 … 1."""
    all_paths = strokes()
    below = all_paths.shares.cumsum(1)[labels]
    path = (chance.uniform("path")[:, None] >= below[:, :-1]).sum(1)
    points = all_paths.points[labels, path]
    shake = chance.uniform("neatness", low=NEATNESS[0], high=NEATNESS[1])[:, None, None]
    points = points + shake * bell(chance, "shake", *points.shape[1:])
    return all_paths.starts[labels, path] @ points, all_paths.ends[labels, path] @ points


def posed(
    places: Float[Tensor, "batch ends piece 2"], chance: CounterRNG
) -> Float[Tensor, "batch ends piece 2"]:
    """The places bent, then made wide or narrow, leaning and turned."""
    x, y = (places - 0.5).unbind(-1)
    bend = bell(chance, "bend", 6)[:, :, None, None] * BEND
    x, y = (
        x + bend[:, 0] * (y * y) + bend[:, 1] * (x * y) + bend[:, 2] * (x * x),
        y + bend[:, 3] * (x * x) + bend[:, 4] * (x * y) + bend[:, 5] * (y * y),
    )
    broad, lean, turn = bell(chance, "pose", 3)[:, :, None, None].unbind(1)
    x = x * BREADTH * (BREADTH_SPREAD * broad).exp() - (LEAN + LEAN_SPREAD * lean) * y
    cos, sin = (TURN * turn).cos(), (TURN * turn).sin()
    return torch.stack([x * cos - y * sin, x * sin + y * cos], -1)


def pressed(
    along: Float[Tensor, "batch piece 2"], chance: CounterRNG
) -> Float[Tensor, "batch piece"]:
    """Half the stroke's width in pixels: the hand's, changed by the nib and by pressure."""
    width = HALF_WIDTH * (WIDTH_SPREAD * bell(chance, "width")).exp()
    direction = torch.atan2(along[..., 1], along[..., 0])
    nib = chance.uniform("nib", high=math.pi)[:, None]
    phase = chance.uniform("phase", high=2 * math.pi)[:, None]
    way = torch.linspace(0, 2 * math.pi, PIECES)
    swell = NIB * torch.cos(2 * (direction - nib)) + PRESSURE * torch.cos(way + phase)
    return width[:, None] * (1 + swell)


def bell(chance: CounterRNG, stream: str, *shape: int) -> Float[Tensor, "batch *shape"]:
    """Normal numbers of mean 0 and deviation 1, those beyond ±3.5 drawn back to it."""
    share = chance.uniform(stream, *shape, low=-1.0)
    return share.clamp_(-0.9995, 0.9995).erfinv_().mul_(math.sqrt(2))
