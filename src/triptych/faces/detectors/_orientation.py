"""Which way up a photo is: the detector is surest of faces that stand upright."""

from collections.abc import Callable

import numpy as np

from ..detection.face import RGBImage
from ._detections import Detections, box_ious
from ._pyramid import NEAR, NEAR_FACE, Network, cut_near, rotate

UPRIGHT = 0.93  # score of the surest face: nearly all upright photos have it, and few turned ones
ROLLED = 60  # degrees from upright that landmarks of an upright photo lie turned at most
ASKED = 3  # faces of a photo, the surest, that are looked at four ways up
MARGIN = 0.02  # mean score by which another way up must be better
CERTAIN = 0.85  # score a face must have to turn a photo that shows none upright
SAME_IOU = 0.3  # boxes of one face two ways up share more


def find_turn(
    network: Network,
    image: RGBImage,
    detections: Detections,
    *ways: Callable[[RGBImage], Detections],
) -> int:
    """Quarter turns, counter-clockwise, that bring a photo upright, 0 … 3; 0 where in doubt.

    Parameters:
        network: faces of an RGB picture.
        image: uint8, (height, width, 1 or 3).
        detections: faces of the image as it is.
        ways: faces of an image that is the right way up, the quickest way first; each is tried
            where those before show no face that is sure.
    """
    if not _is_doubtful(detections):
        return 0
    if len(detections):
        scores = _scores_by_turn(network, image, detections)
        certain = scores[scores.max(1) >= CERTAIN]  # the others may be no faces
        if len(certain):
            scores = certain.mean(0)
            best = int(scores.argmax())
            return best if scores[best] > scores[0] + MARGIN else 0
    before = _surest(detections)
    for detect in ways:
        surest = [before, *(_surest(detect(rotate(image, turns))) for turns in (1, 2, 3))]
        best = int(np.argmax(surest))
        if surest[best] >= max(CERTAIN, before + MARGIN):
            return best
    return 0


def _is_doubtful(detections: Detections) -> bool:
    if not len(detections):
        return True
    best = detections[detections[:, 14].argmax()]
    return bool(best[14] < UPRIGHT) or abs(_roll(best)) > ROLLED


def _roll(face: np.ndarray) -> float:
    """Degrees from upright of the line between the eyes' middle and the mouth's."""
    points = face[4:14].reshape(5, 2)
    down = points[3:].mean(0) - points[:2].mean(0)
    return float(np.degrees(np.arctan2(down[0], down[1])))


def _scores_by_turn(network: Network, image: RGBImage, detections: Detections) -> np.ndarray:
    """The score of face i, one of the surest, seen from near after j quarter turns: (faces, 4)."""
    chosen = detections[np.argsort(-detections[:, 14])[:ASKED]]
    scores = np.zeros((len(chosen), 4))
    size = NEAR * NEAR_FACE
    middle = np.array([[size / 3, size / 3, size * 2 / 3, size * 2 / 3]], np.float32)
    middle = np.pad(middle, ((0, 0), (0, 11)))
    for row, face in enumerate(chosen):
        picture, _, _ = cut_near(image, face[:4])
        for turns in range(4):
            seen = network(np.ascontiguousarray(np.rot90(picture, turns)))
            same = seen[box_ious(middle, seen)[0] > SAME_IOU]
            scores[row, turns] = same[:, 14].max(initial=0)
    return scores


def _surest(detections: Detections) -> float:
    return float(detections[:, 14].max(initial=0))
