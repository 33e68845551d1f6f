"""Places for several objects in an image, so that none hides much of another."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from ....frame.rng import CounterRNG

TRIES = 32  # places drawn for each object


@dataclass(frozen=True)
class Places:
    """Where the objects of B images are.

    Parameters:
        corner: x and y of the first pixel of each object's box.
        free: whether a place was free for it; where not, it is to be left out.
    """

    corner: Int[Tensor, "batch objects 2"]
    free: Bool[Tensor, "batch objects"]


def free_places(
    sizes: Float[Tensor, "batch objects 2"],
    rng: CounterRNG,
    canvas: tuple[int, int],
    max_overlap: float,
) -> Places:
    """Random places on a canvas, one object after the other, each where it overlaps none of those
    before by more than `max_overlap`: the first such place of `TRIES`.

    Parameters:
        sizes: width and height of each object's box in whole pixels; zeros for none, which gets no
            place.
        rng: one stream for each image.
        canvas: height and width in pixels; boxes lie on it as a whole.
        max_overlap: area that two boxes have in common, over that of the smaller one, 0 … 1.
    """
    count = sizes.shape[1]
    room = (sizes.new_tensor(canvas[::-1]) - sizes)[:, :, None]
    exists = (sizes > 0).all(2) & (room >= 0).all(3)[:, :, 0]
    corners = (rng.uniform("places", count, TRIES, 2) * (room + 1)).floor()
    boxes = torch.cat([corners, corners + sizes[:, :, None]], 3)
    area = sizes.prod(2)
    taken = torch.zeros_like(boxes[:, :, 0])  # a box of no size overlaps none
    taken_area = torch.zeros_like(area)
    free, chosen = [], []
    for one in range(count):
        shared = _shared_area(boxes[:, one, :, None], taken[:, None, :one])
        allowed = max_overlap * torch.minimum(taken_area[:, :one], area[:, one : one + 1])
        fits = (shared <= allowed[:, None]).all(2) & exists[:, one : one + 1]
        first = fits.float().argmax(1)[:, None, None]
        free.append(fits.any(1))
        chosen.append(corners[:, one].gather(1, first.expand(-1, 1, 2))[:, 0])
        taken[:, one] = boxes[:, one].gather(1, first.expand(-1, 1, 4))[:, 0] * free[-1][:, None]
        taken_area[:, one] = area[:, one] * free[-1]
    return Places(torch.stack(chosen, 1).long(), torch.stack(free, 1))


def _shared_area(
    first: Float[Tensor, "batch tries 1 4"], second: Float[Tensor, "batch 1 others 4"]
) -> Float[Tensor, "batch tries others"]:
    upper_left = torch.maximum(first[..., :2], second[..., :2])
    lower_right = torch.minimum(first[..., 2:], second[..., 2:])
    return (lower_right - upper_left).clamp(min=0).prod(3)
