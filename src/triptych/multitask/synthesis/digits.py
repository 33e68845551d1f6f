"""Digits as many hands write them: a path of `skeletons.py`, bent, leaning, in more or less ink."""

import math

import torch
from jaxtyping import Float, Int, UInt8
from torch import Tensor

from ...frame.rng import CounterRNG
from .rasterize import rasterize_strokes
from .strokes import SEGMENTS, load_strokes

CHUNK = 8192  # digits drawn at a time, in 0.4 GB

# How hands differ: means and spreads (deviations), chosen beside MNIST's training digits so that
# lean, proportions, stroke width and grey levels vary about as much as theirs.
POINT_JITTER = 0.015, 0.07  # how far points are shaken, as a share of the height: from … to
BEND = 0.2
ASPECT, ASPECT_SPREAD = 0.95, 0.22  # times the width of the path; spread of the logarithm
SHEAR, SHEAR_SPREAD = 0.15, 0.28  # to the right, per height
ROTATION_STD = 0.12  # radians
HALF_WIDTH, WIDTH_SPREAD = 1.3, 0.27  # pixels; spread of the logarithm
NIB, PRESSURE = 0.12, 0.1  # how much thicker a stroke is across the nib, and where it is pressed
EDGE_WIDTH = 0.9, 1.6  # pixels from full ink to none: from … to


def render_digits(
    labels: Int[Tensor, " count"], seed: tuple[int, ...]
) -> UInt8[Tensor, "count 28 28"]:
    """A digit for each label, ink 0 … 255 on black; digit i depends on `seed` and i alone."""
    numbers = torch.arange(len(labels)).split(CHUNK)
    parts = [render_batch(labels[part], CounterRNG(seed, part)) for part in numbers]
    return torch.cat(parts)


def render_batch(labels: Int[Tensor, " batch"], rng: CounterRNG) -> UInt8[Tensor, "batch 28 28"]:
    """One digit for each label."""
    starts, ends = sample_paths(labels, rng)
    starts, ends = random_affine(torch.stack([starts, ends], 1), rng).unbind(1)
    edge_width = rng.uniform("rim", low=EDGE_WIDTH[0], high=EDGE_WIDTH[1])
    return rasterize_strokes(starts, ends, stroke_width(ends - starts, rng), edge_width)


def sample_paths(
    labels: Int[Tensor, " batch"], rng: CounterRNG
) -> tuple[Float[Tensor, "batch piece 2"], Float[Tensor, "batch piece 2"]]:
    """Starts and ends of the pieces along a path of each digit, its points shaken; 0 … 1."""
    bank = load_strokes()
    below = bank.probabilities.cumsum(1)[labels]
    path = (rng.uniform("path")[:, None] >= below[:, :-1]).sum(1)
    points = bank.points[labels, path]
    shake = rng.uniform("neatness", low=POINT_JITTER[0], high=POINT_JITTER[1])[:, None, None]
    points = points + shake * truncated_normal(rng, "shake", *points.shape[1:])
    return bank.starts[labels, path] @ points, bank.ends[labels, path] @ points


def random_affine(
    places: Float[Tensor, "batch ends piece 2"], rng: CounterRNG
) -> Float[Tensor, "batch ends piece 2"]:
    """The places bent, then made wide or narrow, leaning and turned."""
    x, y = (places - 0.5).unbind(-1)
    bend = truncated_normal(rng, "bend", 6)[:, :, None, None] * BEND
    x, y = (
        x + bend[:, 0] * (y * y) + bend[:, 1] * (x * y) + bend[:, 2] * (x * x),
        y + bend[:, 3] * (x * x) + bend[:, 4] * (x * y) + bend[:, 5] * (y * y),
    )
    broad, lean, turn = truncated_normal(rng, "pose", 3)[:, :, None, None].unbind(1)
    x = x * ASPECT * (ASPECT_SPREAD * broad).exp() - (SHEAR + SHEAR_SPREAD * lean) * y
    cos, sin = (ROTATION_STD * turn).cos(), (ROTATION_STD * turn).sin()
    return torch.stack([x * cos - y * sin, x * sin + y * cos], -1)


def stroke_width(
    along: Float[Tensor, "batch piece 2"], rng: CounterRNG
) -> Float[Tensor, "batch piece"]:
    """Half the stroke's width in pixels: the hand's, changed by the nib and by pressure."""
    width = HALF_WIDTH * (WIDTH_SPREAD * truncated_normal(rng, "width")).exp()
    direction = torch.atan2(along[..., 1], along[..., 0])
    nib = rng.uniform("nib", high=math.pi)[:, None]
    phase = rng.uniform("phase", high=2 * math.pi)[:, None]
    way = torch.linspace(0, 2 * math.pi, SEGMENTS)
    swell = NIB * torch.cos(2 * (direction - nib)) + PRESSURE * torch.cos(way + phase)
    return width[:, None] * (1 + swell)


def truncated_normal(rng: CounterRNG, stream: str, *shape: int) -> Float[Tensor, "batch *shape"]:
    """Normal numbers of mean 0 and deviation 1, those beyond ±3.5 drawn back to it."""
    share = rng.uniform(stream, *shape, low=-1.0)
    return share.clamp_(-0.9995, 0.9995).erfinv_().mul_(math.sqrt(2))
