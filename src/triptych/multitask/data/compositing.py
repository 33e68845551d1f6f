"""Cut-outs, ready on the device, laid on a ground by the batch."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int, UInt8
from torch import Tensor

from ...frame.rng import CounterRNG
from ..structures.geometry import box_of_mask, circle_of_mask
from .otsu import otsu_mask
from .source import CutOuts


@dataclass(frozen=True)
class Stock:
    """Cut-outs with all that is true of them, worked out once: silhouette, box and circle.

    Frame and units are those of `Batch`. `circle` is None where nobody asked for it."""

    images: UInt8[Tensor, "count channels height width"]
    alpha: UInt8[Tensor, "count height width"]
    label: Int[Tensor, " count"]
    mask: Bool[Tensor, "count height width"]
    box: Float[Tensor, "count 4"]
    circle: Float[Tensor, "count 3"] | None

    def __len__(self) -> int:
        return len(self.images)

    @classmethod
    def of(cls, cutouts: CutOuts, *, circles: bool) -> "Stock":
        """A silhouette is where alpha is above one half; without alpha, above Otsu's threshold."""
        images = cutouts.images
        alpha = images[:, 0] if cutouts.alpha is None else cutouts.alpha
        mask = otsu_mask(images[:, 0]) if cutouts.alpha is None else alpha > 127
        circle = circle_of_mask(mask) if circles else None
        return cls(images, alpha, cutouts.labels.long(), mask, box_of_mask(mask), circle)

    def only(self, chosen: Int[Tensor, " chosen"]) -> "Stock":
        """The stock of some of the cut-outs, in the order given."""
        return self._each(lambda values: values[chosen])

    def to(self, device: torch.device) -> "Stock":
        return self._each(lambda values: values.to(device))

    def _each(self, change) -> "Stock":
        held = {name: value for name, value in vars(self).items() if value is not None}
        return type(self)(**{"circle": None, **{k: change(v) for k, v in held.items()}})


@dataclass(frozen=True)
class Shifted:
    """Cut-outs moved by whole pixels within their frames, and what is true of them there."""

    images: Float[Tensor, "batch channels height width"]
    label: Int[Tensor, " batch"]
    mask: Bool[Tensor, "batch height width"]
    box: Float[Tensor, "batch 4"]
    circle: Float[Tensor, "batch 3"] | None


def shifted(stock: Stock, chosen: Int[Tensor, " batch"], chance: CounterRNG, reach: int) -> Shifted:
    """Each chosen cut-out, moved by up to `reach` pixels each way but never over the edge, so
    that the truth stays exact."""
    height, width = stock.mask.shape[1:]
    box = stock.box[chosen]
    ways = chance.uniform("shift", 2, low=-1).mul_(reach + 0.5).round_()
    room = torch.tensor([width, height], device=box.device)
    offset = torch.minimum(torch.maximum(ways, -box[:, :2]), room - box[:, 2:])
    whole = offset.long()
    # faint ink outside the silhouette may wrap round; a shift that would bring that is rare
    rows = (torch.arange(height, device=box.device) - whole[:, 1:]) % height
    columns = (torch.arange(width, device=box.device) - whole[:, :1]) % width
    which, row, column = chosen[:, None, None], rows[:, :, None], columns[:, None, :]
    images = torch.stack([part[which, row, column] for part in stock.images.unbind(1)], 1)
    circle = None
    if stock.circle is not None:
        circle = stock.circle[chosen]
        circle[:, :2] += offset
    return Shifted(
        images=images.float().div_(255),
        label=stock.label[chosen],
        mask=stock.mask[which, row, column],
        box=box + offset.repeat(1, 2),
        circle=circle,
    )


@dataclass(frozen=True)
class Patches:
    """Small pictures, each at a place of its own on a larger canvas.

    `color` is multiplied by `alpha` already; `corner` is the row and column of the first pixel,
    such that the patch lies within the canvas. Pasting touches the patch's pixels only.
    """

    color: Float[Tensor, "batch channels rows columns"]
    alpha: Float[Tensor, "batch 1 rows columns"]
    corner: Int[Tensor, "batch 2"]

    def over(self, canvas: Float[Tensor, "batch channels height width"]) -> Tensor:
        """The canvas with the patches on it."""
        flat = canvas.clone(memory_format=torch.contiguous_format).flatten(2)
        there = self._places(canvas.shape[3])[:, None].expand(-1, canvas.shape[1], -1)
        under = flat.gather(2, there).view_as(self.color)
        mixed = torch.addcmul(self.color + under, under, self.alpha, value=-1)
        return flat.scatter_(2, there, mixed.flatten(2)).view(canvas.shape)

    def mask(self, size: tuple[int, int]) -> Bool[Tensor, "batch height width"]:
        """Where alpha is above one half, on a canvas of `size`."""
        mask = torch.zeros(len(self.corner), size[0] * size[1], dtype=torch.bool).to(
            self.alpha.device
        )
        there = self._places(size[1])
        return mask.scatter_(1, there, self.alpha.flatten(1) > 0.5).view(-1, *size)

    def _places(self, width: int) -> Int[Tensor, "batch pixels"]:
        """The numbers of the patch's pixels, counted along the canvas's rows."""
        rows = torch.arange(self.color.shape[2], device=self.corner.device) + self.corner[:, :1]
        columns = torch.arange(self.color.shape[3], device=self.corner.device) + self.corner[:, 1:]
        return (rows[:, :, None] * width + columns[:, None, :]).flatten(1)


@dataclass(frozen=True)
class Laid:
    """Cut-outs on a larger canvas, and what is true of them there."""

    patches: Patches
    mask: Bool[Tensor, "batch height width"]
    box: Float[Tensor, "batch 4"]
    circle: Float[Tensor, "batch 3"]


def laid(
    stock: Stock, chosen: Int[Tensor, " batch"], chance: CounterRNG, size: tuple[int, int]
) -> Laid:
    """Each chosen cut-out upright, in its own pixels, anywhere on a canvas of `size`."""
    assert stock.circle is not None
    height, width = stock.mask.shape[1:]
    room = torch.tensor([size[0] - height, size[1] - width], device=chosen.device)
    corner = (chance.uniform("place", 2) * (room + 1)).long()
    rgba = _premultiplied(stock, chosen)
    patches = Patches(rgba[:, :3], rgba[:, 3:], corner)
    offset = corner.flip(1)
    circle = stock.circle[chosen]
    circle[:, :2] += offset
    return Laid(patches, patches.mask(size), stock.box[chosen] + offset.repeat(1, 2), circle)


def turned(
    stock: Stock,
    chosen: Int[Tensor, " batch"],
    chance: CounterRNG,
    size: tuple[int, int],
    *,
    scale: Float[Tensor, " batch"],
    degrees: Float[Tensor, " batch"],
) -> Laid:
    """Each chosen cut-out shrunk by `scale`, turned clockwise by `degrees` and put where its
    enclosing circle lies within the canvas.

    The circle is turned with the cut-out, which it is equivariant to; the box, which is not, is
    taken from the mask that results.
    """
    assert stock.circle is not None
    height, width = stock.mask.shape[1:]
    full = torch.tensor([size[1], size[0]], device=chosen.device)  # x, y
    middle = torch.tensor([width, height], device=chosen.device) / 2
    circle = stock.circle[chosen]
    radius = (circle[:, 2] * scale)[:, None]
    centre = radius + chance.uniform("place", 2) * (full - 2 * radius).clamp(min=0)
    side = min(*size, 2 * int(stock.circle[:, 2].max()) + 4)  # no circle needs a larger patch
    corner = (centre - side / 2).round().clamp(min=0).minimum(full - side)
    angle = degrees.deg2rad()
    cosine, sine = angle.cos(), angle.sin()
    back = torch.stack([cosine, sine, -sine, cosine], 1).view(-1, 2, 2) / scale[:, None, None]
    forth = back.transpose(1, 2) * scale[:, None, None] ** 2
    # where the middle of the cut-out comes to lie, so that its circle is centred on `centre`
    anchor = centre - (forth @ (circle[:, :2] - middle)[:, :, None])[:, :, 0]
    linear = back * (side / 2) / middle[:, None]
    constant = (back @ (corner + side / 2 - anchor)[:, :, None]) / middle[:, None]
    grid = F.affine_grid(
        torch.cat([linear, constant], 2), [len(chosen), 4, side, side], align_corners=False
    )
    warped = F.grid_sample(_premultiplied(stock, chosen), grid, align_corners=False)
    patches = Patches(warped[:, :3], warped[:, 3:], corner.long().flip(1))
    mask = patches.mask(size)
    return Laid(patches, mask, box_of_mask(mask), torch.cat([centre, radius], 1))


def _premultiplied(
    stock: Stock, chosen: Int[Tensor, " batch"]
) -> Float[Tensor, "batch 4 height width"]:
    """Colour times alpha, and alpha: or the colour under alpha 0 would bleed into the rim."""
    alpha = stock.alpha[chosen][:, None].float().div_(255)
    return torch.cat([stock.images[chosen] * (alpha / 255), alpha], 1)
