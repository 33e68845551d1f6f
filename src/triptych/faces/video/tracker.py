"""Faces linked from frame to frame, and what all pictures of one say together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float32, Float64

from ..detection.face import Face
from ..embeddings import euclidean_distances
from ..templates.fuse import fuse

MIN_IOU = 0.3  # boxes of one face in two frames share as much at least, as in SORT (Bewley 2016)
BETTER = 0.05  # of quality: as much better must a face be to be encoded again ...
CHECK_EVERY = 10  # ... or so many frames have passed since, to see that it is still the same one
MEMORY = 5.0  # seconds that a face may be out of sight and still be the same track
KEPT = 16  # encodings of a track, the best ones
CONFIRMED = 2  # frames a face must be seen in: a detection in one alone may be none

Vector = Float32[np.ndarray, " size"]
Encode = Callable[[Sequence[Face]], Float32[np.ndarray, "faces size"]]


@dataclass(eq=False)
class Track:
    """One face through a video.

    Parameters:
        number: of the track, from 1 on.
        face: as it was seen last.
        first: seconds, when it was seen first.
        last: seconds, when it was seen last.
        frames: how many of those looked at it was seen in.
        vectors: its best encodings.
        qualities: of these.
        since: frames since it was encoded.
        template: all encodings fused by quality.
        changed: whether the template is new since somebody last looked it up.
    """

    number: int
    face: Face
    first: float
    last: float
    frames: int = 0
    vectors: list[Vector] = field(default_factory=list)
    qualities: list[float] = field(default_factory=list)
    since: int = 0
    template: Vector | None = None
    changed: bool = False

    @property
    def confirmed(self) -> bool:
        """Whether it was seen often enough to be told."""
        return self.frames >= CONFIRMED

    @property
    def quality(self) -> float:
        """Of its best face."""
        return max(self.qualities, default=0.0)

    def see(self, face: Face, time: float, vector: Vector | None) -> None:
        """Go on with a face of the next frame.

        Parameters:
            face: where it is now.
            time: seconds.
            vector: its encoding, None where it was not encoded.
        """
        self.face, self.last = face, time
        self.frames, self.since = self.frames + 1, self.since + 1
        if vector is None:
            return
        self.since = 0
        self.vectors.append(vector)
        self.qualities.append(_quality(face))
        if len(self.vectors) > KEPT:
            worst = int(np.argmin(self.qualities))
            del self.vectors[worst], self.qualities[worst]
        self.template = fuse(np.stack(self.vectors), np.array(self.qualities))
        self.changed = True


class Tracker:
    """Links the faces of each frame to tracks: by place first, then by looks.

    A face that overlaps a track's last box goes on with it. It is encoded where it is better than
    all before, or has not been for ten frames; where it then looks like somebody else, it begins a
    track of its own. A face where none was is encoded, and goes on with a track that was lost less
    than five seconds ago, if it looks like it.
    """

    def __init__(self, threshold: float):
        """
        Parameters:
            threshold: the largest distance of one person's faces.
        """
        self.threshold = threshold
        self.visible: list[Track] = []
        self.lost: list[Track] = []
        self._count = 0

    def update(
        self, faces: Sequence[Face], time: float, encode: Encode, *, cut: bool = False
    ) -> list[Track]:
        """Take up a frame. Returns the tracks that are given up now.

        Parameters:
            faces: of the frame, with their quality.
            time: seconds.
            encode: turns faces of this frame into unit vectors.
            cut: whether the frame has nothing to do with the one before: places say nothing then.
        """
        pairs = {} if cut else _match(self.visible, faces)
        asked = [row for row in range(len(faces)) if self._is_asked(pairs.get(row), faces[row])]
        vectors = dict(zip(asked, encode([faces[row] for row in asked]) if asked else ()))
        before, self.visible = self.visible, []
        new = []
        for row, face in enumerate(faces):
            track, vector = pairs.get(row), vectors.get(row)
            if track is not None and (vector is None or self._is_same(track, vector)):
                track.see(face, time, vector)
                self.visible.append(track)
            else:
                new.append((face, vectors[row]))
        self.lost += [track for track in before if track not in self.visible]
        for face, vector in new:
            track = self._found_again(vector) or self._begin(face, time)
            track.see(face, time, vector)
            self.visible.append(track)
        gone = [track for track in self.lost if time - track.last > MEMORY]
        self.lost = [track for track in self.lost if time - track.last <= MEMORY]
        return gone

    def finish(self) -> list[Track]:
        """All tracks that were not given up yet, at the end of the video."""
        left = sorted([*self.lost, *self.visible], key=lambda track: track.number)
        self.lost, self.visible = [], []
        return left

    def _is_asked(self, track: Track | None, face: Face) -> bool:
        return (
            track is None
            or _quality(face) > track.quality + BETTER
            or track.since + 1 >= CHECK_EVERY
        )

    def _is_same(self, track: Track, vector: Vector) -> bool:
        return track.template is None or _distance(track.template, vector) <= self.threshold

    def _found_again(self, vector: Vector) -> Track | None:
        """The lost track that looks most like a face, if near enough."""
        near = [
            (distance, track)
            for track in self.lost
            if track.template is not None
            and (distance := _distance(track.template, vector)) <= self.threshold
        ]
        if not near:
            return None
        track = min(near, key=lambda pair: pair[0])[1]
        self.lost.remove(track)
        return track

    def _begin(self, face: Face, time: float) -> Track:
        self._count += 1
        return Track(self._count, face, time, time)


def _match(tracks: Sequence[Track], faces: Sequence[Face]) -> dict[int, Track]:
    """The track of each face whose box overlaps with it, such that all overlap the most."""
    from scipy.optimize import linear_sum_assignment

    if not tracks or not faces:
        return {}
    shared = iou([track.face.box for track in tracks], [face.box for face in faces])
    rows, columns = linear_sum_assignment(-shared)
    return {
        int(column): tracks[row]
        for row, column in zip(rows, columns)
        if shared[row, column] >= MIN_IOU
    }


def iou(
    first: Sequence[tuple[float, ...]], second: Sequence[tuple[float, ...]]
) -> Float64[np.ndarray, "count others"]:
    """Intersection over union of boxes, 0 … 1: entry [i, j] of the first's i and the second's j.

    Parameters:
        first: left, top, right, bottom of each.
        second: the same.

    >>> iou([(0, 0, 2, 2)], [(1, 0, 3, 2), (5, 5, 6, 6)]).round(3).tolist()
    [[0.333, 0.0]]
    """
    ours, theirs = (np.array(boxes, np.float64).reshape(-1, 4) for boxes in (first, second))
    low = np.maximum(ours[:, None, :2], theirs[None, :, :2])
    high = np.minimum(ours[:, None, 2:], theirs[None, :, 2:])
    shared = np.clip(high - low, 0, None).prod(2)
    areas = [np.clip(boxes[:, 2:] - boxes[:, :2], 0, None).prod(1) for boxes in (ours, theirs)]
    union = areas[0][:, None] + areas[1] - shared
    return np.divide(shared, union, where=union > 0, out=np.zeros_like(shared))


def _quality(face: Face) -> float:
    return 0.0 if face.quality is None else face.quality


def _distance(first: Vector, second: Vector) -> float:
    return float(euclidean_distances(first[None], second[None])[0, 0])
