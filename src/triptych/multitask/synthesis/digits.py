"""Handwritten digits: a path of `digit_paths.py`, deformed at random and drawn with random ink."""

import math

import torch
from jaxtyping import Float, Int, UInt8
from torch import Tensor

from ...frame.rng import CounterRNG
from .rasterize import rasterize_strokes
from .strokes import SEGMENTS, load_strokes

CHUNK = 8192  # digits rendered at a time, in 0.4 GB

# How writers differ: means and standard deviations, fitted to MNIST's training digits so that
# slant, aspect, stroke width and grey levels vary about as much as theirs.
POINT_JITTER = 0.015, 0.07  # of the points, as a share of the height: from … to
BEND = 0.2
ASPECT, ASPECT_SPREAD = 0.95, 0.22  # times the width of the path; deviation of the logarithm
SHEAR, SHEAR_SPREAD = 0.15, 0.28  # to the right, per height
ROTATION_STD = 0.12  # radians
HALF_WIDTH, WIDTH_SPREAD = 1.3, 0.27  # pixels; deviation of the logarithm
NIB, PRESSURE = 0.12, 0.1  # how much thicker a stroke is across the nib, and where it is pressed
EDGE_WIDTH = 0.9, 1.6  # pixels from full ink to none: from … to


def render_digits(
    labels: Int[Tensor, " count"], seed: tuple[int, ...], *, even: bool = False
) -> UInt8[Tensor, "count 28 28"]:
    """An image of each digit, ink 0 … 255 on black.

    Parameters:
        labels: the digits, 0 … 9.
        seed: image i depends on it, on i and on its label alone.
        even: draw rare ways of writing a digit as often as the usual ones.
    """
    chunks = torch.arange(len(labels)).split(CHUNK)
    images = [render_batch(labels[some], CounterRNG(seed, some), even=even) for some in chunks]
    return torch.cat(images)


def render_batch(
    labels: Int[Tensor, " batch"], rng: CounterRNG, *, even: bool = False
) -> UInt8[Tensor, "batch 28 28"]:
    """An image of each digit, with a stream of `rng` each.

    Parameters:
        labels: 0 … 9.
        rng: a stream for each image.
        even: draw rare ways of writing a digit as often as the usual ones.
    """
    starts, ends = sample_paths(labels, rng, even=even)
    starts, ends = random_affine(torch.stack([starts, ends], 1), rng).unbind(1)
    edge_width = rng.uniform("rim", low=EDGE_WIDTH[0], high=EDGE_WIDTH[1])
    return rasterize_strokes(starts, ends, stroke_width(ends - starts, rng), edge_width)


def sample_paths(
    labels: Int[Tensor, " batch"], rng: CounterRNG, *, even: bool = False
) -> tuple[Float[Tensor, "batch piece 2"], Float[Tensor, "batch piece 2"]]:
    """Segments along a random path of each digit, its points jittered.

    Parameters:
        labels: 0 … 9.
        rng: a stream for each image.
        even: take each path of a digit equally often.

    Returns their starts and ends: (x, y), 0 … 1, y down.
    """
    bank = load_strokes()
    weights = bank.probabilities
    if even:
        weights = (weights > 0).float()
        weights = weights / weights.sum(1, keepdim=True)
    cumulative = weights.cumsum(1)[labels]
    path = (rng.uniform("path")[:, None] >= cumulative[:, :-1]).sum(1)
    points = bank.points[labels, path]
    jitter = rng.uniform("neatness", low=POINT_JITTER[0], high=POINT_JITTER[1])[:, None, None]
    points = points + jitter * truncated_normal(rng, "shake", *points.shape[1:])
    return bank.starts[labels, path] @ points, bank.ends[labels, path] @ points


def random_affine(
    points: Float[Tensor, "batch ends piece 2"], rng: CounterRNG
) -> Float[Tensor, "batch ends piece 2"]:
    """Points (x, y), 0 … 1, bent, then scaled in width, sheared and rotated at random; around 0.

    Parameters:
        points: (x, y), 0 … 1, y down.
        rng: a stream for each image.
    """
    x, y = (points - 0.5).unbind(-1)
    bend = truncated_normal(rng, "bend", 6)[:, :, None, None] * BEND
    x, y = (
        x + bend[:, 0] * (y * y) + bend[:, 1] * (x * y) + bend[:, 2] * (x * x),
        y + bend[:, 3] * (x * x) + bend[:, 4] * (x * y) + bend[:, 5] * (y * y),
    )
    aspect, shear, rotation = truncated_normal(rng, "pose", 3)[:, :, None, None].unbind(1)
    x = x * ASPECT * (ASPECT_SPREAD * aspect).exp() - (SHEAR + SHEAR_SPREAD * shear) * y
    cos, sin = (ROTATION_STD * rotation).cos(), (ROTATION_STD * rotation).sin()
    return torch.stack([x * cos - y * sin, x * sin + y * cos], -1)


def stroke_width(
    along: Float[Tensor, "batch piece 2"], rng: CounterRNG
) -> Float[Tensor, "batch piece"]:
    """Half the stroke's width at each segment in pixels: the writer's, changed by the angle of the
    nib and by pressure.

    Parameters:
        along: the vector of each segment.
        rng: one stream for each digit.
    """
    width = HALF_WIDTH * (WIDTH_SPREAD * truncated_normal(rng, "width")).exp()
    direction = torch.atan2(along[..., 1], along[..., 0])
    nib = rng.uniform("nib", high=math.pi)[:, None]
    phase = rng.uniform("phase", high=2 * math.pi)[:, None]
    progress = torch.linspace(0, 2 * math.pi, SEGMENTS)
    swelling = NIB * torch.cos(2 * (direction - nib)) + PRESSURE * torch.cos(progress + phase)
    return width[:, None] * (1 + swelling)


def truncated_normal(rng: CounterRNG, stream: str, *shape: int) -> Float[Tensor, "batch *shape"]:
    """Normal numbers of mean 0 and deviation 1, clipped to ±3.5.

    Parameters:
        rng: one stream for each digit.
        stream: the name of the draw.
        shape: of the numbers for each digit.
    """
    uniform = rng.uniform(stream, *shape, low=-1.0)
    return uniform.clamp_(-0.9995, 0.9995).erfinv_().mul_(math.sqrt(2))
