"""A sheet of the images that most excite each channel."""

import numpy as np
from jaxtyping import UInt8
from numpy import ndarray

from ...frame.drawing.colors import BACKGROUND
from ...frame.drawing.contact_sheet import contact_sheet
from ...frame.storage.images import RGBImage, resize
from .maximal_activations import ChannelActivations, MaximalActivations

COLUMNS = 3  # of the images of a channel
SIDE = 64  # pixels of an image, at least
GAP = 2  # pixels between them


def activation_sheet(found: MaximalActivations, title: str = "") -> RGBImage:
    """A cell a channel with its most exciting images, row by row.

    Parameters:
        found: by `maximal_activations`.
        title: above.
    """
    facts = [
        f"stage {found.stage}, {found.reduction} pixels a cell",
        f"{found.side} × {found.side} pixels around the most excited cell",
        f"of {found.searched:,} {found.split} images",
    ]
    notes = [
        f"channel {one.channel}: {one.values[0]:.2f} … {one.values[-1]:.2f}"
        for one in found.channels
    ]
    cells = [_mosaic(one) for one in found.channels]
    return contact_sheet(cells, title=title, subtitle=facts, notes=notes)


def _mosaic(one: ChannelActivations) -> UInt8[ndarray, "height width 3"]:
    crops = [_large(crop) for crop in one.crops]
    side, rows = len(crops[0]), -(-len(crops) // COLUMNS)
    step = side + GAP
    mosaic = np.full((rows * step - GAP, COLUMNS * step - GAP, 3), BACKGROUND, np.uint8)
    for number, crop in enumerate(crops):
        y, x = (step * place for place in divmod(number, COLUMNS))
        mosaic[y : y + side, x : x + side] = crop
    return mosaic


def _large(crop: UInt8[ndarray, "side side channels"]) -> UInt8[ndarray, "_ _ channels"]:
    """A crop that can be seen: a small one enlarged by a whole factor, a large one shrunk."""
    if len(crop) > SIDE:
        return resize(crop, SIDE, SIDE)
    zoom = -(-SIDE // len(crop))
    return crop.repeat(zoom, 0).repeat(zoom, 1)
