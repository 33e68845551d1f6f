"""Who appears how often in photos that nobody has named."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import numpy as np
from jaxtyping import Float32, Float64, Int64

from ...frame.progress import ProgressCallback, no_progress
from ...frame.registry import unknown_name_error
from ..calibration.calibration import Calibration
from ..embeddings import Embeddings
from ..encoders._encoder import Encoder
from ..gallery.gallery import Gallery
from ..recognition.default_pipeline import resolve_pipeline
from ..recognition.pipeline import FacePipeline, ImageLike
from ..recognition.pipeline_result import PipelineResult
from ..recognition.threshold import DecisionThreshold, resolve_threshold
from ..templates.nearest import nearest_templates
from .average_linkage import average_linkage
from .result import ClusteredFace, ClusterMethod, ClusterResult, FaceCluster

MIN_QUALITY = 0.2
"""Poorer faces look like each other whoever they are. Chosen on celeb24, where a photo in three was
shrunk and one blurred: F1 of pairs 0.35 without a bound, 0.50 with 0.2, 0.48 with 0.3."""

DBSCAN_SHARE = 0.8  # of the threshold: the best F1 on celeb24 of 0.7, 0.8, 0.85, 0.9 and 1
MAJORITY = 0.5  # of a cluster's faces, that must have a name for it to be the cluster's

Vectors = Float32[np.ndarray, "count size"]
Labels = Int64[np.ndarray, " count"]


def cluster(
    photos: Sequence[ImageLike],
    *,
    gallery: Gallery | None = None,
    pipeline: FacePipeline | None = None,
    encoder: Encoder | str | Path | None = None,
    threshold: float | None = None,
    calibration: Calibration | None = None,
    method: ClusterMethod = "average",
    min_quality: float = MIN_QUALITY,
    progress: ProgressCallback = no_progress,
) -> ClusterResult:
    """Group the faces of photos by person. How many people there are need not be known.

    Parameters:
        photos: paths, files' bytes, PIL images, arrays or tensors.
        gallery: whose people give the clusters their names, if any.
        pipeline: what detects and encodes faces; by default that of the default encoder, all faces.
        encoder: in place of a pipeline: a loaded encoder, its name, run folder or file.
        threshold: the largest distance of one person's faces, 0 … 2; by default that of
            `calibration`, of the gallery, of the encoder: the first there is.
        calibration: one of the same encoder.
        method: "average" or "dbscan".
        min_quality: faces of less, 0 … 1, stay alone: they look like each other.
        progress: told how many photos are done.

    Raises UnknownNameError for another method, EncoderMismatchError for a gallery or calibration of
    another encoder, ConfigError without a threshold.
    """
    check_method(method)
    pipeline = resolve_pipeline(pipeline, encoder, "all")
    kept = None if gallery is None else gallery.calibration
    rule = resolve_threshold(pipeline.encoder, threshold, calibration, kept)
    result = pipeline.embed(photos, progress=progress)
    vectors, good = result.embeddings.vectors, ~(result.qualities < min_quality)  # NaN is good
    labels = np.arange(len(vectors)) + len(vectors)
    labels[good] = cluster_vectors(vectors[good], rule.threshold, method)
    names = None if gallery is None else _names(result.embeddings, gallery, rule)
    clusters = _clusters(result, labels, names)
    several = tuple(each for each in clusters if len(each.faces) > 1)
    alone = tuple(each for each in clusters if len(each.faces) == 1)
    return ClusterResult(several, alone, len(photos), result.refused, rule, method, min_quality)


def check_method(method: str) -> None:
    """Raise UnknownNameError for a method that does not exist, with the nearest."""
    if method not in get_args(ClusterMethod):
        raise unknown_name_error(method, get_args(ClusterMethod), "method")


def cluster_vectors(vectors: Vectors, threshold: float, method: ClusterMethod) -> Labels:
    """The number of each vector's cluster; a vector like no other has one of its own.

    Parameters:
        vectors: of unit length, (N, D).
        threshold: the largest distance of one person's faces, 0 … 2.
        method: "average" or "dbscan".
    """
    if method == "average" or len(vectors) < 2 or threshold <= 0:
        return average_linkage(vectors, threshold)
    from sklearn.cluster import DBSCAN

    labels = DBSCAN(eps=DBSCAN_SHARE * threshold, min_samples=2).fit_predict(vectors)
    labels = labels.astype(np.int64)
    alone = np.flatnonzero(labels < 0)
    labels[alone] = labels.max() + 1 + np.arange(len(alone))
    return labels


def _clusters(
    result: PipelineResult, labels: Labels, names: Sequence[str | None] | None
) -> list[FaceCluster]:
    """The largest first, of one size those whose first row comes first; faces alone by quality."""
    quality = np.nan_to_num(result.qualities)
    order = np.argsort(labels, kind="stable")
    rows_of = np.split(order, np.flatnonzero(np.diff(labels[order])) + 1) if len(labels) else []
    rows_of.sort(key=lambda rows: (-len(rows), rows[0] if len(rows) > 1 else -quality[rows[0]]))
    made = []
    for number, rows in enumerate(rows_of, 1):
        distances = _to_middle(result.embeddings.vectors[rows])
        best = np.lexsort((rows, distances, -quality[rows]))
        faces = [
            ClusteredFace(result.embeddings.photos[row], result.faces[row], float(distance))
            for row, distance in zip(rows[best], distances[best])
        ]
        named = _majority(names, rows) if names else (None, 0)
        made.append(FaceCluster(number, tuple(faces), *named))
    return made


def _to_middle(vectors: Vectors) -> Float64[np.ndarray, " count"]:
    """How far each vector is from the mean direction of all."""
    middle = vectors.mean(0, dtype=np.float64)
    middle /= max(float(np.linalg.norm(middle)), 1e-12)
    return np.linalg.norm(vectors - middle, axis=1)


def _names(embeddings: Embeddings, gallery: Gallery, rule: DecisionThreshold) -> list[str | None]:
    """Who each face is, None for a stranger."""
    matches = nearest_templates(gallery, embeddings.vectors, top=1)
    return [near[0].person if near and rule.accepts(near[0].distance) else None for near in matches]


def _majority(names: Sequence[str | None], rows: Labels) -> tuple[str | None, int]:
    """The name more than half of the rows have, and how many."""
    votes = Counter(name for row in rows if (name := names[row]) is not None)
    if not votes:
        return None, 0
    name, count = votes.most_common(1)[0]
    return (name, count) if count > MAJORITY * len(rows) else (None, 0)
