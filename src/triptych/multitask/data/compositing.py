"""Put cutouts at random places: shifted in their own frame, or pasted onto a larger canvas.

Coordinates are in pixels, x to the right, y down; pixel i covers i to i + 1.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor

from ...frame.rng import CounterRNG
from ..structures.geometry import mask_to_box
from .cutout_bank import CutoutBank


@dataclass(frozen=True)
class ShiftedCutouts:
    """Cutouts moved by whole pixels within their frames, images 0 … 1, and their targets there.

    Parameters:
        images: 0 … 1.
        label: class of each.
        mask: foreground of each.
        box: left, top, right, bottom in pixels.
        circle: x, y, radius in pixels; None where nobody asked for circles.
    """

    images: Float[Tensor, "batch channels height width"]
    label: Int[Tensor, " batch"]
    mask: Bool[Tensor, "batch height width"]
    box: Float[Tensor, "batch 4"]
    circle: Float[Tensor, "batch 3"] | None


def random_shift(
    bank: CutoutBank, indices: Int[Tensor, " batch"], rng: CounterRNG, max_shift: int
) -> ShiftedCutouts:
    """Move cutouts by up to `max_shift` pixels each way, but never over the edge of their frame.

    Parameters:
        bank: where the cutouts are.
        indices: which of them.
        rng: one stream for each of them.
        max_shift: pixels; 0 leaves them in place.
    """
    height, width = bank.mask.shape[1:]
    box = bank.box[indices]
    wanted = rng.uniform("shift", 2, low=-1).mul_(max_shift + 0.5).round_()
    frame = torch.tensor([width, height], device=box.device)
    offset = torch.minimum(torch.maximum(wanted, -box[:, :2]), frame - box[:, 2:])
    steps = offset.long()
    # faint ink outside the mask may wrap round; a shift that would bring that is rare
    rows = (torch.arange(height, device=box.device) - steps[:, 1:]) % height
    columns = (torch.arange(width, device=box.device) - steps[:, :1]) % width
    which, row, column = indices[:, None, None], rows[:, :, None], columns[:, None, :]
    images = torch.stack([channel[which, row, column] for channel in bank.images.unbind(1)], 1)
    circle = None
    if bank.circle is not None:
        circle = bank.circle[indices]
        circle[:, :2] += offset
    return ShiftedCutouts(
        images=images.float().div_(255),
        label=bank.label[indices],
        mask=bank.mask[which, row, column],
        box=box + offset.repeat(1, 2),
        circle=circle,
    )


@dataclass(frozen=True)
class RGBAPatches:
    """Small images with opacity, each at a place of its own on a larger canvas.

    Parameters:
        color: 0 … 1, multiplied by `alpha` already; of any number of channels.
        alpha: 0 … 1.
        corner: row and column of the first pixel; the whole patch lies on the canvas.
    """

    color: Float[Tensor, "batch channels rows columns"]
    alpha: Float[Tensor, "batch 1 rows columns"]
    corner: Int[Tensor, "batch 2"]

    def paste_onto(
        self, canvas: Float[Tensor, "batch channels height width"]
    ) -> Float[Tensor, "batch channels height width"]:
        """The canvas with the patches on it; only the pixels under them are touched."""
        flat = canvas.clone(memory_format=torch.contiguous_format).flatten(2)
        where = self._pixel_indices(canvas.shape[3])[:, None].expand(-1, canvas.shape[1], -1)
        under = flat.gather(2, where).view_as(self.color)
        mixed = torch.addcmul(self.color + under, under, self.alpha, value=-1)
        return flat.scatter_(2, where, mixed.flatten(2)).view(canvas.shape)

    def mask(self, size: tuple[int, int]) -> Bool[Tensor, "batch height width"]:
        """Where alpha is above one half, on a canvas of `size` (height, width)."""
        mask = torch.zeros(len(self.corner), size[0] * size[1], dtype=torch.bool)
        mask = mask.to(self.alpha.device)
        where = self._pixel_indices(size[1])
        return mask.scatter_(1, where, self.alpha.flatten(1) > 0.5).view(-1, *size)

    def _pixel_indices(self, width: int) -> Int[Tensor, "batch pixels"]:
        """Where each pixel of the patch is in the canvas, flattened row by row."""
        rows = torch.arange(self.color.shape[2], device=self.corner.device) + self.corner[:, :1]
        columns = torch.arange(self.color.shape[3], device=self.corner.device) + self.corner[:, 1:]
        return (rows[:, :, None] * width + columns[:, None, :]).flatten(1)


@dataclass(frozen=True)
class PlacedCutouts:
    """Cutouts on a larger canvas, and their targets there.

    Parameters:
        patches: what is pasted onto a background.
        mask: foreground of each.
        box: left, top, right, bottom in pixels.
        circle: x, y, radius in pixels.
    """

    patches: RGBAPatches
    mask: Bool[Tensor, "batch height width"]
    box: Float[Tensor, "batch 4"]
    circle: Float[Tensor, "batch 3"]


def random_place(
    bank: CutoutBank, indices: Int[Tensor, " batch"], rng: CounterRNG, size: tuple[int, int]
) -> PlacedCutouts:
    """Put cutouts anywhere on a canvas, upright and in their own size.

    Parameters:
        bank: where the cutouts are, with their circles.
        indices: which of them.
        rng: one stream for each of them.
        size: height and width of the canvas in pixels.
    """
    assert bank.circle is not None
    height, width = bank.mask.shape[1:]
    room = torch.tensor([size[0] - height, size[1] - width], device=indices.device)
    corner = (rng.uniform("place", 2) * (room + 1)).long()
    patches = _patches(premultiplied(bank, indices), corner)
    offset = corner.flip(1)
    circle = bank.circle[indices]
    circle[:, :2] += offset
    box = bank.box[indices] + offset.repeat(1, 2)
    return PlacedCutouts(patches, patches.mask(size), box, circle)


def random_affine_place(
    bank: CutoutBank,
    indices: Int[Tensor, " batch"],
    rng: CounterRNG,
    size: tuple[int, int],
    *,
    scale: Float[Tensor, " batch"],
    degrees: Float[Tensor, " batch"],
) -> PlacedCutouts:
    """Scale and rotate cutouts, and put each where its enclosing circle lies on the canvas.

    The circle is moved with the cutout, which is exact; the box is not equivariant to rotation
    and is taken from the mask that results.

    Parameters:
        bank: where the cutouts are, with their circles.
        indices: which of them.
        rng: one stream for each of them.
        size: height and width of the canvas in pixels.
        scale: factor of each, at most 1.
        degrees: rotation of each, clockwise.
    """
    assert bank.circle is not None
    canvas = torch.tensor([size[1], size[0]], device=indices.device)  # x, y, as all points below
    circle = bank.circle[indices]
    radius = (circle[:, 2] * scale)[:, None]
    center = radius + rng.uniform("place", 2) * (canvas - 2 * radius).clamp(min=0)
    # patches are squares that hold the largest circle; only they are resampled
    side = min(*size, 2 * int(bank.circle[:, 2].max()) + 4)
    corner = (center - side / 2).round().clamp(min=0).minimum(canvas - side)
    rgba = premultiplied(bank, indices)
    transform = patch_to_cutout(
        scale=scale,
        degrees=degrees,
        half_patch=side / 2,
        half_cutout=torch.tensor([rgba.shape[3], rgba.shape[2]], device=indices.device) / 2,
        patch_center=corner + side / 2,
        circle_on_canvas=center,
        circle_on_cutout=circle[:, :2],
    )
    grid = F.affine_grid(transform, [*rgba.shape[:2], side, side], align_corners=False)
    warped = F.grid_sample(rgba, grid, align_corners=False)
    patches = _patches(warped, corner.long().flip(1))
    mask = patches.mask(size)
    return PlacedCutouts(patches, mask, mask_to_box(mask), torch.cat([center, radius], 1))


def patch_to_cutout(
    *,
    scale: Float[Tensor, " batch"],
    degrees: Float[Tensor, " batch"],
    half_patch: float,
    half_cutout: Float[Tensor, "2"],
    patch_center: Float[Tensor, "batch 2"],
    circle_on_canvas: Float[Tensor, "batch 2"],
    circle_on_cutout: Float[Tensor, "batch 2"],
) -> Float[Tensor, "batch 2 3"]:
    """The affine maps for `affine_grid`: from a pixel of the patch to the pixel of the cutout it
    shows, both in units of half their side from their centers.

    With R the rotation and s the scale, a cutout's pixel p, from its center, lies on the canvas at
    c + s·R·p, where c is chosen so that the circle's center comes to lie as asked.

    Parameters:
        scale: s of each.
        degrees: rotation of each, clockwise.
        half_patch: half the side of a patch in pixels.
        half_cutout: half the width and height of a cutout in pixels.
        patch_center: x and y on the canvas in pixels.
        circle_on_canvas: x and y on the canvas where the center of the circle is to lie.
        circle_on_cutout: x and y of the center of the circle in the cutout.
    """
    angle = degrees.deg2rad()
    cosine, sine = angle.cos(), angle.sin()
    rotation = torch.stack([cosine, sine, -sine, cosine], 1).view(-1, 2, 2)
    inverse_linear = rotation / scale[:, None, None]
    forward_linear = inverse_linear.transpose(1, 2) * scale[:, None, None] ** 2
    from_center = (circle_on_cutout - half_cutout)[:, :, None]
    cutout_center = circle_on_canvas - (forward_linear @ from_center)[:, :, 0]
    linear = inverse_linear * half_patch / half_cutout[:, None]
    offset = (patch_center - cutout_center)[:, :, None]
    return torch.cat([linear, (inverse_linear @ offset) / half_cutout[:, None]], 2)


def premultiplied(
    bank: CutoutBank, indices: Int[Tensor, " batch"]
) -> Float[Tensor, "batch channels_and_alpha height width"]:
    """Color times alpha, then alpha, 0 … 1: the color under alpha 0 must not bleed into edges.

    Parameters:
        bank: where the cutouts are.
        indices: which of them.
    """
    alpha = bank.alpha[indices][:, None].float().div_(255)
    return torch.cat([bank.images[indices] * (alpha / 255), alpha], 1)


def _patches(
    rgba: Float[Tensor, "batch channels_and_alpha rows columns"], corner: Int[Tensor, "batch 2"]
) -> RGBAPatches:
    return RGBAPatches(rgba[:, :-1], rgba[:, -1:], corner)
