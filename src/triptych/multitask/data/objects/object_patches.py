"""Several cutouts an image: each scaled, rotated and measured by itself, then pasted in order."""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor

from ...structures.geometry import mask_to_box
from ...structures.points.smallest_circle import enclosing_circles
from ..compositing import patch_to_cutout, premultiplied
from ..cutout_bank import CutoutBank

OPAQUE = 0.5  # alpha above which a pixel belongs to an object
MARGIN = 2  # pixels on each side of the largest circle: soft edges


@dataclass(frozen=True)
class ObjectPatches:
    """Objects by themselves, each in a square patch of its own.

    Parameters:
        rgba: color, 0 … 1, multiplied by alpha already, then alpha.
        box: of the pixels whose alpha is above one half, in pixels of the patch: left, top, right,
            bottom; zeros where there is no such pixel.
        circle: the smallest around the same pixels: x, y, radius.
    """

    rgba: Float[Tensor, "objects channels_and_alpha side side"]
    box: Float[Tensor, "objects 4"]
    circle: Float[Tensor, "objects 3"]

    @classmethod
    def render(
        cls,
        bank: CutoutBank,
        which: Int[Tensor, " objects"],
        *,
        scale: Float[Tensor, " objects"],
        degrees: Float[Tensor, " objects"],
    ) -> "ObjectPatches":
        """Cutouts scaled and rotated about the center of their circles.

        Parameters:
            bank: where the cutouts are, with their circles.
            which: of them, for each object.
            scale: factor of each, at most 1.
            degrees: rotation of each, clockwise.
        """
        assert bank.circle is not None
        side = 2 * (math.ceil(float(bank.circle[:, 2].max())) + MARGIN)
        if not len(which):  # PyTorch makes no grid of nothing
            channels = bank.images.shape[1] + 1
            nothing = bank.circle.new_zeros(0, channels, side, side)
            return cls(nothing, bank.box[:0], bank.circle[:0])
        if len(bank) < len(which):
            every = torch.arange(len(bank), device=which.device)
            cutouts = premultiplied(bank, every)[which]
        else:
            cutouts = premultiplied(bank, which)
        middle = torch.full((len(which), 2), side / 2, device=which.device)
        transform = patch_to_cutout(
            scale=scale,
            degrees=degrees,
            half_patch=side / 2,
            half_cutout=torch.tensor([*cutouts.shape[:1:-1]], device=which.device) / 2,
            patch_center=middle,
            circle_on_canvas=middle,
            circle_on_cutout=bank.circle[which, :2],
        )
        grid = F.affine_grid(transform, [*cutouts.shape[:2], side, side], align_corners=False)
        rgba = F.grid_sample(cutouts, grid, align_corners=False)
        masks = rgba[:, -1] > OPAQUE
        return cls(rgba, mask_to_box(masks), enclosing_circles(masks))


def paste_objects(
    patches: ObjectPatches,
    canvas: Float[Tensor, "batch channels height width"],
    *,
    image: Int[Tensor, " objects"],
    layer: Int[Tensor, " objects"],
    corner: Int[Tensor, "objects 2"],
    label: Int[Tensor, " objects"],
    shown: Bool[Tensor, " objects"],
) -> Int[Tensor, "batch height width"]:
    """Paste each object onto its image in place, those of a higher layer over those of a lower.

    Returns of each pixel the class of the uppermost object, counted from 1; 0 where there is none.

    Parameters:
        patches: the objects, sorted by layer.
        canvas: the images that are changed, 0 … 1, contiguous.
        image: which image each object belongs to.
        layer: from 0; an image has at most one object in each.
        corner: x and y of the patch's first pixel, which may lie outside the canvas.
        label: class of each.
        shown: whether it is pasted at all.
    """
    batch, channels, height, width = canvas.shape
    *colors, alpha = patches.rgba.unbind(1)
    place, inside = _canvas_places(alpha.shape[1], corner, (height, width))
    pixels = (inside & (alpha > 0) & shown[:, None, None]).flatten().nonzero()[:, 0]
    which = pixels // alpha.shape[1] ** 2
    place, image = place.flatten()[pixels], image[which]
    sizes = torch.bincount(layer[which]).tolist()
    opacity = alpha.flatten()[pixels]
    in_canvas = (place + image * (channels * height * width)).split(sizes)
    for channel, color in enumerate(colors):
        plane = canvas.view(-1)[channel * height * width :]
        layers = zip(in_canvas, color.flatten()[pixels].split(sizes), opacity.split(sizes))
        for where, ink, opaque in layers:
            under = plane[where]
            plane[where] = torch.addcmul(ink + under, under, opaque, value=-1)
    topmost = label.new_zeros(batch * height * width)
    classes, in_map = label[which] + 1, place + image * (height * width)
    for parts in zip(*(values.split(sizes) for values in (in_map, classes, opacity))):
        seen = parts[2] > OPAQUE
        topmost[parts[0][seen]] = parts[1][seen]
    return topmost.view(batch, height, width)


def _canvas_places(
    side: int, corner: Int[Tensor, "objects 2"], size: tuple[int, int]
) -> tuple[Int[Tensor, "objects side side"], Bool[Tensor, "objects side side"]]:
    """Where each pixel of a patch is in its canvas, flattened row by row, and whether it is."""
    steps = torch.arange(side, device=corner.device)
    columns, rows = corner[:, :1] + steps, corner[:, 1:] + steps
    inside = [(axis >= 0) & (axis < length) for axis, length in zip((rows, columns), size)]
    places = rows[:, :, None] * size[1] + columns[:, None, :]
    return places, inside[0][:, :, None] & inside[1][:, None, :]
