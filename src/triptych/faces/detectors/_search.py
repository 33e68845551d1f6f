"""All faces of a photo, whatever their size and whichever way up it is."""

from dataclasses import dataclass

import numpy as np

from ...frame.errors import ConfigError, ImageError
from ..detection.face import Face, RGBImage
from ._detections import Detections, box_ious, sides, suppress, to_faces, turn_back
from ._orientation import find_turn
from ._pyramid import (
    NMS_IOU,
    Network,
    detect_at,
    detect_near,
    detect_padded,
    detect_tiled,
    rotate,
    scale_of,
)

MIN_SIDE = 320  # side in pixels a small photo is enlarged to: 400 of 400 faces of ORL are found
NARROW = 8  # pixels: no face fits into less
SEEN = 24  # pixels: hardly a face of this size is missed; at 16 about one of three is
FINE_SIDE = 1920  # of a large photo, where nobody says how small faces may be
STEP = 3  # times finer from one picture to the next
GAIN = 1.3  # times finer a picture must be to be worth it
LARGEST = 108  # pixels: what is larger in a finer picture was seen in the one before
CLEAR = 80  # pixels: of a face so large, a finer picture shows the landmarks no better
SURE = 0.8  # score above which a face of the first picture needs no second opinion
SEEN_TWICE = 0.1  # score a near picture must give to a doubtful face of the first: any at all
SEEN_ONCE = 0.76  # ... and the mean of both for one of a finer picture; false ones have 0.75
SAME_IOU = 0.4  # boxes of one face in two pictures share more
ENLARGED = 2.0  # times at most that a photo is enlarged for the sake of small faces


@dataclass(frozen=True)
class FaceSearch:
    """Shows a network a photo at the sizes, and turned, as it needs to see all faces.

    A photo is resized to about `side` × `side` pixels; those below 320 × 320 are enlarged. Where
    nothing is seen, borders are repeated around it. A photo that is larger is then shown finer,
    by tiles, for the sake of small faces; each face that only a finer picture shows, or that is
    doubtful, must be seen from near as well. Where the surest face has not the score of an upright
    one, four ways up are tried.

    Parameters:
        network: faces of an RGB picture.
        side: pixels; the size that photos are shown first in is its square.
        smallest_face: the narrowest face that counts, in pixels of the photo, or below 1 as a share
            of its longer side; smaller ones are left out. By default a large photo is shown in
            about 1920 × 1920 pixels, and what is seen counts.
        relevant: faces less than so many times as wide as the largest may be passed over, 0 … 1.
    """

    network: Network
    side: int = 640
    smallest_face: float | None = None
    relevant: float = 0.0

    def __post_init__(self):
        if self.smallest_face is not None and not 0 < self.smallest_face < np.inf:
            raise ConfigError(
                "Expected the smallest face in pixels, or below 1 as a share of the photo's longer "
                f"side, got {self.smallest_face:g}. Name a number above 0."
            )

    def __call__(self, image: RGBImage) -> list[Face]:
        """All faces of a photo, the largest first.

        Parameters:
            image: uint8, (height, width, channels), grey or RGB.

        Raises ImageError for another number of channels.
        """
        if image.shape[2] not in (1, 3):
            raise ImageError(
                f"Expected a grey or RGB photo, got {image.shape[2]} channels. Convert it."
            )
        if min(image.shape[:2]) < NARROW:
            return []
        image = np.ascontiguousarray(image)
        detections = self._detect_upright(image)
        ways = self._detect_whole, self._detect_upright
        turns = find_turn(self.network, image, detections, *ways[: len(self._scales(image))])
        if turns:
            turned = self._detect_upright(rotate(image, turns))
            detections = turn_back(turned, turns, *image.shape[:2])
        if self.smallest_face is not None:
            width = detections[:, 2] - detections[:, 0]
            detections = detections[width >= self._smallest(image)]
        return to_faces(detections, turns)

    def limit(self, height: int, width: int) -> float:
        """Pixels across of the smallest face that is surely seen in a photo of this size; 0 where
        it is looked at in all its pixels, or as closely as was asked.

        Parameters:
            height: of the photo.
            width: of the photo.
        """
        if self.smallest_face is not None:
            return 0.0
        finest = max(self._scales(np.broadcast_to(np.uint8(0), (height, width, 1))))
        return SEEN / finest if finest < 1 / GAIN else 0.0

    def _smallest(self, image: RGBImage) -> float:
        smallest = self.smallest_face or 0.0
        return smallest * (max(image.shape[:2]) if smallest < 1 else 1)

    def _scales(self, image: RGBImage) -> list[float]:
        """Those of the whole picture and of the finer ones, the coarsest first."""
        full = float(np.sqrt(image.shape[0] * image.shape[1]))
        first = scale_of(image, min(max(full, MIN_SIDE), self.side))
        if self.smallest_face is None:
            finest = min(scale_of(image, FINE_SIDE), 1.0)
        else:
            finest = min(SEEN / self._smallest(image), ENLARGED)
        if finest < first * GAIN:
            return [first]
        steps = int(np.ceil(np.log(finest / first) / np.log(STEP) - 1e-9))
        return [
            first,
            *(finest / (finest / first) ** (i / steps) for i in range(steps - 1, -1, -1)),
        ]

    def _detect_whole(self, image: RGBImage) -> Detections:
        """The faces seen in the first picture, which shows the photo whole."""
        first = self._scales(image)[0]
        detections = detect_at(self.network, image, first)
        if len(detections):
            return detections
        side = min(first * float(np.sqrt(image.shape[0] * image.shape[1])), MIN_SIDE)
        return detect_padded(self.network, image, side)

    def _detect_upright(self, image: RGBImage) -> Detections:
        """The faces of a photo that is the right way up, in its pixels."""
        first, *finer = self._scales(image)
        detections = self._detect_whole(image)
        largest = float(sides(detections).max(initial=0)) * first
        if not finer or largest * self.relevant >= SEEN:
            return detections
        needed = np.where(detections[:, 14] < SURE, SEEN_TWICE, 0.0)
        candidates = _Candidates(detections, sides(detections) * first, needed)
        for scale in finer:
            candidates = candidates.merged(detect_tiled(self.network, image, scale, LARGEST), scale)
        return self._confirm(image, candidates)

    def _confirm(self, image: RGBImage, candidates: "_Candidates") -> Detections:
        """The faces without those doubtful ones that a near picture does not show."""
        kept = [candidates.detections[candidates.needed == 0]]
        for row, needed in zip(candidates.detections, candidates.needed):
            if needed:
                near = detect_near(self.network, image, row[:4])
                near = near[(box_ious(row[None], near)[0] > SAME_IOU) & (near[:, 14] >= needed)]
                kept.append(suppress(near, 0.0)[:1])
        return suppress(np.concatenate(kept), NMS_IOU)


@dataclass(frozen=True, eq=False)
class _Candidates:
    """Faces on the way from coarse pictures to fine ones.

    Parameters:
        detections: in pixels of the photo.
        seen: (N,), pixels of each face in the picture that its landmarks are of.
        needed: (N,), the score that a near picture must give it; 0 where none is needed.
    """

    detections: Detections
    seen: np.ndarray
    needed: np.ndarray

    def merged(self, fine: Detections, scale: float) -> "_Candidates":
        """With the faces of a finer picture. Those of both get the finer landmarks where they were
        seen small.

        Parameters:
            fine: faces of the finer picture, in pixels of the photo.
            scale: of that picture.
        """
        detections, seen, needed = self.detections.copy(), self.seen.copy(), self.needed.copy()
        ious = box_ious(fine, detections)
        known = (ious > SAME_IOU).any(1)
        for row in np.flatnonzero(known):
            same = int(ious[row].argmax())
            if fine[row, 14] >= SURE:
                needed[same] = 0
            if seen[same] < CLEAR:
                detections[same], seen[same] = fine[row], sides(fine[row : row + 1])[0] * scale
        new = fine[~known]
        return _Candidates(
            np.concatenate([detections, new]),
            np.concatenate([seen, sides(new) * scale]),
            np.concatenate([needed, 2 * SEEN_ONCE - new[:, 14]]),
        )
