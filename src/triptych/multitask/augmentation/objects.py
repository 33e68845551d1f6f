"""Any number of objects an image, as they follow an image that is moved or becomes a tile."""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor

from ..structures.geometry import box_area
from ..structures.object_rows import NO_OBJECT, ObjectRows
from .similarity import Similarity

OBJECT_TARGETS = ("boxes", "circles")
LEAST_VISIBLE = 0.3  # of an object's box: of which less is left in the image need not be found


def move_objects(
    name: str,
    values: Float[Tensor, "batch objects columns"],
    similarity: Similarity,
    size: tuple[int, int],
) -> Float[Tensor, "batch objects columns"]:
    """Objects after a transform. Those that have left the image are none any more; of those that
    are mostly out of it, none has to be found.

    Parameters:
        name: "boxes" or "circles".
        values: as `ObjectRows.to_tensor` gives them.
        similarity: where each image went; where there are boxes, turned by quarters alone.
        size: height and width of the image in pixels.
    """
    rows = ObjectRows.from_tensor(values)
    batch, objects, _ = rows.shapes.shape
    limit = torch.tensor([size[1], size[0]] * 2, device=values.device, dtype=values.dtype)
    if name == "circles":
        center = similarity.points(rows.shapes[..., :2])
        radius = rows.shapes[..., 2:] * similarity.scale[:, None, None]
        shapes = torch.cat([center, radius], 2)
        around = torch.cat([center - radius, center + radius], 2)
    else:
        corners = rows.shapes[..., [0, 1, 2, 1, 2, 3, 0, 3]].reshape(batch, objects * 4, 2)
        moved = similarity.points(corners).view(batch, objects, 4, 2)
        around = torch.cat([moved.amin(2), moved.amax(2)], 2)
        shapes = around.clamp(min=0).minimum(limit)
    inside = around.clamp(min=0).minimum(limit)
    visible = box_area(inside) / box_area(around).clamp(min=1e-9)
    classes = rows.classes.masked_fill(visible <= 0, NO_OBJECT)
    return ObjectRows(shapes, classes, rows.counts & (visible >= LEAST_VISIBLE)).to_tensor()


def tile_objects(
    name: str,
    values: Float[Tensor, "batch objects columns"],
    rows: Int[Tensor, " some"],
    four: Int[Tensor, "some 4"],
    size: tuple[int, int],
) -> Float[Tensor, "batch more columns"]:
    """Objects after some images have become mosaics of four, each at half its size.

    Parameters:
        name: "boxes" or "circles".
        values: as `ObjectRows.to_tensor` gives them.
        rows: the images that become mosaics.
        four: the images of each: left upper, right upper, left lower, right lower.
        size: height and width of the image in pixels.
    """
    objects = values.shape[1]
    right, lower = -(-size[1] // 2), -(-size[0] // 2)
    corners = values.new_tensor([[0, 0], [right, 0], [0, lower], [right, lower]])
    others = corners if name == "boxes" else torch.zeros_like(corners[:, :1])
    offset = torch.cat([corners, others], 1)
    tiles = values[four]
    shapes = tiles[..., :-2] / 2 + offset[:, None]
    tiles = torch.cat([shapes, tiles[..., -2:]], 3).flatten(1, 2)
    padded = F.pad(values, (0, 0, 0, 3 * objects))
    padded[:, objects:, -2] = NO_OBJECT
    return padded.index_copy(0, rows, tiles)
