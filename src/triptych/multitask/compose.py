"""Cut-outs, ready on the device, laid on a ground by the batch."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int, UInt8
from torch import Tensor

from ..frame.chance import Chance
from ..frame.otsu import otsu_mask
from ..frame.shapes import box_of_mask, circle_of_mask
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


def shifted(stock: Stock, chosen: Int[Tensor, " batch"], chance: Chance, reach: int) -> Shifted:
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
class Laid:
    """Cut-outs on a larger canvas: colour times alpha, alpha, and what is true of them there."""

    color: Float[Tensor, "batch channels height width"]
    alpha: Float[Tensor, "batch 1 height width"]
    mask: Bool[Tensor, "batch height width"]
    box: Float[Tensor, "batch 4"]
    circle: Float[Tensor, "batch 3"]

    def over(self, ground: Float[Tensor, "batch channels height width"]) -> Tensor:
        """The cut-outs on this ground."""
        return torch.addcmul(self.color + ground, ground, self.alpha, value=-1)


def laid(
    stock: Stock, chosen: Int[Tensor, " batch"], chance: Chance, size: tuple[int, int]
) -> Laid:
    """Each chosen cut-out upright, in its own pixels, anywhere on a canvas of `size`."""
    assert stock.circle is not None
    height, width = stock.mask.shape[1:]
    room = torch.tensor([size[0] - height, size[1] - width], device=chosen.device)
    corner = (chance.uniform("place", 2) * (room + 1)).long()
    rows = _indices(corner[:, 0], size[0], height)
    columns = _indices(corner[:, 1], size[1], width)
    # one gather of four bytes a pixel; the rim added here stands for all that lies outside
    packed = F.pad(_rgba(stock, chosen), (0, 0, 1, 1, 1, 1)).view(torch.int32)[..., 0]
    which = torch.arange(len(chosen), device=chosen.device)[:, None, None]
    pixels = packed[which, rows[:, :, None], columns[:, None, :]]
    rgba = pixels.view(torch.uint8).view(*pixels.shape, 4).movedim(3, 1).float().div_(255)
    alpha = rgba[:, 3:]
    offset = corner.flip(1)
    circle = stock.circle[chosen]
    circle[:, :2] += offset
    return Laid(
        color=rgba[:, :3] * alpha,
        alpha=alpha,
        mask=alpha[:, 0] > 0.5,
        box=stock.box[chosen] + offset.repeat(1, 2),
        circle=circle,
    )


def turned(
    stock: Stock,
    chosen: Int[Tensor, " batch"],
    chance: Chance,
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
    angle = degrees.deg2rad()
    cosine, sine = angle.cos(), angle.sin()
    back = torch.stack([cosine, sine, -sine, cosine], 1).view(-1, 2, 2) / scale[:, None, None]
    forth = back.transpose(1, 2) * scale[:, None, None] ** 2
    # where the middle of the cut-out comes to lie, so that its circle is centred on `centre`
    anchor = centre - (forth @ (circle[:, :2] - middle)[:, :, None])[:, :, 0]
    linear = back * full / middle[:, None] / 2
    constant = (back @ (full / 2 - anchor)[:, :, None]) / middle[:, None]
    grid = F.affine_grid(
        torch.cat([linear, constant], 2), [len(chosen), 4, *size], align_corners=False
    )
    rgba = _rgba(stock, chosen).movedim(3, 1).float().div_(255)
    rgba[:, :3] *= rgba[:, 3:]  # or the colour under alpha 0 would bleed into the rim
    warped = F.grid_sample(rgba, grid, align_corners=False)
    mask = warped[:, 3] > 0.5
    return Laid(
        color=warped[:, :3],
        alpha=warped[:, 3:],
        mask=mask,
        box=box_of_mask(mask),
        circle=torch.cat([centre, radius], 1),
    )


def _rgba(stock: Stock, chosen: Int[Tensor, " batch"]) -> UInt8[Tensor, "batch height width 4"]:
    return (
        torch.cat([stock.images[chosen], stock.alpha[chosen][:, None]], 1)
        .permute(0, 2, 3, 1)
        .contiguous()
    )


def _indices(start: Int[Tensor, " batch"], canvas: int, length: int) -> Int[Tensor, "batch _"]:
    """For each canvas row or column, that of a cut-out with a rim of 1: 0 or length + 1 outside."""
    return (torch.arange(canvas, device=start.device) - start[:, None] + 1).clamp_(0, length + 1)
