"""What comes out of grouping: faces, the people they are taken for, and how they were grouped."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from ...frame.storage.image_folder import SkippedImage
from ..detection.face import Face, box_sides
from ..recognition.threshold import DecisionThreshold

ClusterMethod = Literal["average", "dbscan"]
"""`average`: average linkage, cut at the threshold; `dbscan`: scikit-learn's, with neighbours
within a share of it."""


@dataclass(frozen=True, eq=False)
class ClusteredFace:
    """A face of a cluster.

    Parameters:
        photo: the name of the photo it is in.
        face: where it is, None where the photo was taken as it is.
        distance: to the middle of its cluster, Euclidean, 0 … 2.
    """

    photo: str
    face: Face | None
    distance: float

    def to_dict(self) -> dict[str, Any]:
        """As JSON answers show it; the box in pixels: left, top, right, bottom."""
        quality = self.face.quality if self.face else None
        return {
            "photo": self.photo,
            "box": box_sides(self.face),
            "quality": None if quality is None else round(quality, 3),
            "distance": round(self.distance, 4),
        }


@dataclass(frozen=True, eq=False)
class FaceCluster:
    """Faces that are taken for one person.

    Parameters:
        number: from 1 on, the person with the most faces first.
        faces: those of the best quality first.
        name: the gallery's, where more than half the faces have it; else None.
        votes: how many faces have that name.
    """

    number: int
    faces: tuple[ClusteredFace, ...]
    name: str | None = None
    votes: int = 0

    @property
    def photos(self) -> list[str]:
        """The photos the person is in, each once."""
        return [*dict.fromkeys(face.photo for face in self.faces)]

    @property
    def distance(self) -> float:
        """The mean distance of the faces to their middle."""
        return float(np.mean([face.distance for face in self.faces]))

    def to_dict(self) -> dict[str, Any]:
        """As JSON answers show it."""
        return {
            "number": self.number,
            "name": self.name,
            "votes": self.votes,
            "photos": len(self.photos),
            "distance": round(self.distance, 4),
            "faces": [face.to_dict() for face in self.faces],
        }


@dataclass(frozen=True, eq=False)
class ClusterResult:
    """Who appears how often.

    Parameters:
        clusters: people with two faces or more, the most first.
        alone: faces like no other, the best first, each a cluster of its own.
        photos: how many were given.
        refused: photos without a face that counts, each with the reason.
        threshold: by which faces were grouped.
        method: by which they were grouped.
        min_quality: faces below are alone.
    """

    clusters: tuple[FaceCluster, ...]
    alone: tuple[FaceCluster, ...]
    photos: int
    refused: tuple[SkippedImage, ...]
    threshold: DecisionThreshold
    method: ClusterMethod
    min_quality: float

    @property
    def poor(self) -> int:
        """How many faces are alone for their quality."""
        qualities = [one.quality for each in self.alone if (one := each.faces[0].face)]
        return sum(value is not None and value < self.min_quality for value in qualities)

    def to_dict(self) -> dict[str, Any]:
        """As `triptych faces cluster --json` prints it."""
        alone = [
            {**each.faces[0].to_dict(), "name": each.name, "distance": None} for each in self.alone
        ]
        return {
            "method": self.method,
            "threshold": round(self.threshold.threshold, 4),
            "far": self.threshold.far,
            "min_quality": self.min_quality,
            "photos": self.photos,
            "faces": sum(len(each.faces) for each in self.clusters) + len(alone),
            "clusters": [each.to_dict() for each in self.clusters],
            "alone": alone,
            "refused": [each.to_dict() for each in self.refused],
        }
