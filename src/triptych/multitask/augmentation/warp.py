"""Resample images, masks and class maps together."""

from dataclasses import replace

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor

from ..structures.batch import Batch, Target
from .similarity import Similarity

UNKNOWN = -1  # in an int8 mask or a class map: does not count


def is_map(values: Tensor, batch: Batch) -> bool:
    """Whether a target has a whole number or a truth value for every pixel.

    Parameters:
        values: of the target.
        batch: the images.
    """
    is_dense = values.ndim == 3 and values.shape[1:] == batch.images.shape[2:]
    return is_dense and not values.is_floating_point()


def is_mask(values: Tensor) -> bool:
    """Whether a map says of each pixel yes or no: bool, or int8 with −1 for "not known".

    Parameters:
        values: of the map.
    """
    return values.dtype in (torch.bool, torch.int8)


def warp(batch: Batch, similarity: Similarity) -> Batch:
    """The images with all their maps after a transform; no other targets.

    Images and masks are interpolated between pixels, a mask being where it is at least one half;
    class maps, and what is not known of a mask, take the nearest pixel.

    Beyond its border an image goes on in the median color of its border, as it does beside a
    letterboxed photo. Nothing of a thing is there, so masks say no; it is no class either, so
    class maps say −1, which does not count. (A reflected image would show things twice, of which
    the box and the circle are silent.)

    Parameters:
        batch: images with their targets.
        similarity: where each image goes.
    """
    images = batch.images
    height, width = images.shape[2:]
    x, y = similarity.source((height, width))
    maps = {name: target for name, target in batch.targets.items() if is_map(target.values, batch)}
    masks = {name: target for name, target in maps.items() if is_mask(target.values)}
    fill = border_color(images)[..., None, None]
    # what is interpolated is brightness above the border's, which is 0 beyond it
    layers = [images - fill] + [(target.values == 1)[:, None].float() for target in masks.values()]
    grid = torch.stack([x * (2 / width) - 1, y * (2 / height) - 1], 3)
    warped = F.grid_sample(torch.cat(layers, 1), grid, align_corners=False)
    colors, *coverage = warped.split([images.shape[1]] + [1] * len(masks), 1)
    moved = {
        name: (layer[:, 0] >= 0.5).to(masks[name].values.dtype)
        for name, layer in zip(masks, coverage)
    }
    exact = {name: target for name, target in maps.items() if target.values.dtype != torch.bool}
    if exact:
        nearest, inside = _nearest_pixel(x, y, (height, width))
        for name, target in exact.items():
            values = target.values.flatten(1).gather(1, nearest).view_as(target.values)
            if name in masks:
                moved[name].masked_fill_((values == UNKNOWN) & inside, UNKNOWN)
            else:
                moved[name] = values.masked_fill_(~inside, UNKNOWN)
    targets = {name: Target(values, maps[name].present) for name, values in moved.items()}
    return replace(batch, images=(colors + fill).clamp_(0, 1), targets=targets)


def border_color(
    images: Float[Tensor, "batch channels height width"],
) -> Float[Tensor, "batch channels"]:
    """The median of each channel over the outermost pixels of each image.

    Parameters:
        images: of any brightness.
    """
    sides = [images[:, :, 0], images[:, :, -1], images[..., 0], images[..., -1]]
    return torch.cat(sides, 2).median(2).values


def _nearest_pixel(
    x: Float[Tensor, "batch height width"],
    y: Float[Tensor, "batch height width"],
    size: tuple[int, int],
) -> tuple[Int[Tensor, "batch pixels"], Bool[Tensor, "batch height width"]]:
    """The number of the pixel at each place, row by row, and which places are in the image."""
    height, width = size
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    column, row = x.long().clamp_(0, width - 1), y.long().clamp_(0, height - 1)
    return (row * width + column).flatten(1), inside
