"""A network shown a photo at several sizes: whole, with a border, finer by tiles, and near."""

from collections.abc import Callable, Iterator

import cv2
import numpy as np

from ...frame.storage.images import resize
from ..detection.alignment import convert_channels
from ..detection.face import Crop, RGBImage
from ._detections import NONE, Detections, move, sides, suppress

Network = Callable[[RGBImage], Detections]
"""What a detector's network says of an RGB picture (height, width, 3), in pixels of the picture."""

LONG = 4  # a panorama is shown with no more than so many sides in length
BORDER = 0.25  # of the longer side, added around: for faces that fill the photo
TILE = 1600  # pixels, height and width of what the network is shown at once of a finer picture
WHOLE = 2048  # pixels: below, a finer picture is not divided
OVERLAP = 160  # pixels by which tiles overlap: each face that counts in them is whole in one
NMS_IOU = 0.3  # boxes that share more are one face
NEAR_FACE = 56  # pixels: how large a face is shown in a near picture ...
NEAR = 3  # ... of so many faces in height and width
ROTATIONS = {
    1: cv2.ROTATE_90_COUNTERCLOCKWISE,
    2: cv2.ROTATE_180,
    3: cv2.ROTATE_90_CLOCKWISE,
}


def scale_of(image: RGBImage, side: float) -> float:
    """The scale that brings a photo to about `side` × `side` pixels.

    Parameters:
        image: uint8, (height, width, channels).
        side: pixels.
    """
    height, width = image.shape[:2]
    return float(min(side / np.sqrt(height * width), LONG * side / max(height, width)))


def rotate(image: RGBImage, turns: int) -> Crop:
    """`np.rot90(image, turns)` in memory of its own.

    Parameters:
        image: uint8, (height, width, channels).
        turns: quarter turns, counter-clockwise, 1 … 3.
    """
    turned = cv2.rotate(np.ascontiguousarray(image), ROTATIONS[turns])
    return turned.reshape(*turned.shape[:2], image.shape[2])


def detect_at(network: Network, image: RGBImage, scale: float) -> Detections:
    """The faces seen where the whole photo is resized.

    Parameters:
        network: the detector's.
        image: uint8, (height, width, 1 or 3).
        scale: of the resized photo.

    Returns faces in pixels of the image.
    """
    height, width = image.shape[:2]
    small = resize(image, max(1, round(height * scale)), max(1, round(width * scale)))
    detections = network(np.ascontiguousarray(convert_channels(small, 3)))
    stretch = np.array([width / small.shape[1], height / small.shape[0]])
    return move(detections, stretch, np.zeros(2))


def detect_padded(network: Network, image: RGBImage, side: float) -> Detections:
    """The faces seen with the photo's borders repeated around it, as `detect_at`.

    Parameters:
        network: the detector's.
        image: uint8, (height, width, 1 or 3).
        side: pixels; the padded photo is resized to about its square.
    """
    border = int(BORDER * max(image.shape[:2]))
    small = image
    if border > side:  # no need to copy fifty million pixels for that
        shrink = 2 * side / max(image.shape[:2])
        small = resize(image, *(max(1, round(size * shrink)) for size in image.shape[:2]))
        border = int(BORDER * max(small.shape[:2]))
    padded = np.pad(small, ((border, border), (border, border), (0, 0)), "edge")
    detections = detect_at(network, padded, scale_of(padded, side))
    stretch = np.array([image.shape[1] / small.shape[1], image.shape[0] / small.shape[0]])
    return move(detections, stretch, -border * stretch)


def detect_tiled(network: Network, image: RGBImage, scale: float, largest: float) -> Detections:
    """The faces seen at a scale, in tiles that overlap where the resized photo is large.

    Parameters:
        network: the detector's.
        image: uint8, (height, width, 1 or 3).
        scale: of the resized photo.
        largest: pixels of the resized photo: larger faces are left out, for a smaller picture
            shows them better, and a tile may cut them.

    Returns faces in pixels of the image.
    """
    seen = [NONE]
    for left, top, right, bottom in _tiles(image, scale):
        detections = detect_at(network, image[top:bottom, left:right], scale)
        detections = move(detections, np.ones(2), np.array([left, top]))
        seen.append(detections[~_are_cut(detections, (left, top, right, bottom), image)])
    together = np.concatenate(seen)
    return suppress(together[sides(together) * scale <= largest], NMS_IOU)


def cut_near(image: RGBImage, box: np.ndarray) -> tuple[Crop, float, np.ndarray]:
    """A small square picture with a face in its middle, borders repeated where the photo ends.

    Parameters:
        image: uint8, (height, width, 1 or 3).
        box: left, top, right, bottom of the face.

    Returns the picture (168, 168, 3), its scale, and where in the photo it begins (x, y).
    """
    side = max(2.0, float((box[2:4] - box[:2]).max())) * NEAR
    low = np.floor((box[:2] + box[2:4] - side) / 2).astype(int)
    high = low + int(np.ceil(side))
    full = np.array(image.shape[1::-1])
    inner_low, inner_high = np.clip(low, 0, full - 1), np.clip(high, 1, full)
    part = image[inner_low[1] : inner_high[1], inner_low[0] : inner_high[0]]
    size = NEAR * NEAR_FACE
    scale = size / float((high - low)[0])
    if scale < 1:  # shrunk before its borders are repeated, so that little is copied
        part = resize(part, *(max(1, round(length * scale)) for length in part.shape[:2]))
        before, after = (
            np.maximum(0, np.round(gap * scale).astype(int))
            for gap in (inner_low - low, high - inner_high)
        )
    else:
        before, after = inner_low - low, high - inner_high
    part = cv2.copyMakeBorder(
        np.ascontiguousarray(part),
        *(int(before[1]), int(after[1]), int(before[0]), int(after[0])),
        cv2.BORDER_REPLICATE,
    )
    part = part.reshape(*part.shape[:2], image.shape[2])
    return convert_channels(resize(part, size, size), 3), scale, low.astype(np.float64)


def detect_near(network: Network, image: RGBImage, box: np.ndarray) -> Detections:
    """The faces seen in a near picture of a face, in pixels of the image.

    Parameters:
        network: the detector's.
        image: uint8, (height, width, 1 or 3).
        box: left, top, right, bottom of the face.
    """
    picture, scale, corner = cut_near(image, box)
    return move(network(np.ascontiguousarray(picture)), np.full(2, 1 / scale), corner)


def _are_cut(
    detections: Detections, tile: tuple[int, int, int, int], image: RGBImage
) -> np.ndarray:
    """Which faces lie on an edge of a tile that is none of the photo: the next tile has them whole.

    Returns booleans, (N,).
    """
    left, top, right, bottom = tile
    height, width = image.shape[:2]
    low = np.where([left > 0, top > 0], [left, top], -np.inf)
    high = np.where([right < width, bottom < height], [right, bottom], np.inf)
    outside = np.concatenate([detections[:, :2] <= low, detections[:, 2:4] >= high], 1)
    return np.asarray(outside.any(axis=1))


def _tiles(image: RGBImage, scale: float) -> Iterator[tuple[int, int, int, int]]:
    """Left, top, right, bottom of the parts of a photo that are shown one by one."""
    height, width = image.shape[:2]
    if height * width * scale**2 <= WHOLE**2:
        yield 0, 0, width, height
        return
    for top, bottom in _spans(height, scale):
        for left, right in _spans(width, scale):
            yield left, top, right, bottom


def _spans(length: int, scale: float) -> list[tuple[int, int]]:
    tile, overlap = TILE / scale, OVERLAP / scale
    count = max(1, int(np.ceil((length - overlap) / (tile - overlap))))
    starts = np.linspace(0, max(0, length - tile), count).round().astype(int)
    return [(start, min(length, start + int(np.ceil(tile)))) for start in starts.tolist()]
