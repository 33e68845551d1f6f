"""Nearest photo against template (fused photos), by how many photos of each person are enrolled.

    python benchmarks/templates.py celeb24.zip lfw-subset.zip orl_faces.zip

For each number of photos, ten times so many are drawn of each person, and up to 60 of the others
are identified: the share nearest to its own person (rank-1), the accuracy of the best balanced
threshold over all pairs of photo and person, and at the encoder's own threshold the share of own
people accepted (TAR) and of others (FAR).
"""

import sys
from pathlib import Path

import numpy as np

from triptych import faces
from triptych.faces.templates.fuse import fuse

DRAWS, PROBES = 10, 60
COUNTS = (1, 2, 3, 5, 10)


def draw(labels: np.ndarray, count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Rows enrolled, (people, count), and rows to identify."""
    enrolled, probes = [], []
    for label in np.unique(labels):
        rows = rng.permutation(np.flatnonzero(labels == label))
        if len(rows) > count:
            enrolled.append(rows[:count])
            probes.append(rows[count : count + PROBES])
    return np.stack(enrolled), np.concatenate(probes)


def distances(vectors: np.ndarray, probes: np.ndarray, enrolled: np.ndarray, quality: np.ndarray):
    """Of each probe to each person: by the nearest photo, by their mean, weighted by quality."""
    near = np.einsum("pd,nkd->pnk", vectors[probes], vectors[enrolled]).max(2)
    cosines = {"nearest": near}
    for name, weights in (("mean", np.ones(len(vectors))), ("quality", quality)):
        templates = np.stack([fuse(vectors[rows], weights[rows]) for rows in enrolled])
        cosines[name] = vectors[probes] @ templates.T
    return {name: np.sqrt(np.clip(2 - 2 * cosine, 0, 4)) for name, cosine in cosines.items()}


def figures(table: np.ndarray, same: np.ndarray, threshold: float) -> list[float]:
    """Rank-1, best balanced accuracy, TAR and FAR at the threshold."""
    own, other = np.sort(table[same]), np.sort(table[~same])
    levels = np.concatenate([own, other])
    accepted = [np.searchsorted(kind, levels, "right") / len(kind) for kind in (own, other)]
    best = float(((accepted[0] + 1 - accepted[1]) / 2).max())
    rank1 = float(same[np.arange(len(table)), table.argmin(1)].mean())
    return [rank1, best, float((own <= threshold).mean()), float((other <= threshold).mean())]


def main(folder: Path, pipeline: faces.FacePipeline) -> None:
    """Print a line for each number of photos and each way."""
    identities = faces.load_identities(folder)
    result = pipeline.embed(identities.photos)
    labels, vectors = result.embeddings.labels(), result.embeddings.vectors
    threshold = pipeline.encoder.calibration.threshold  # type: ignore[union-attr]
    print(f"{folder.name}: photos, way, rank-1, accuracy, TAR and FAR at {threshold:.3f}")
    for count in COUNTS:
        if np.bincount(labels).max() <= count:
            break
        rows: dict[str, list[list[float]]] = {}
        for seed in range(DRAWS):
            enrolled, probes = draw(labels, count, np.random.default_rng([seed, count]))
            same = labels[enrolled[:, 0]][None] == labels[probes][:, None]
            for way, table in distances(vectors, probes, enrolled, result.qualities).items():
                rows.setdefault(way, []).append(figures(table, same, threshold))
        for way, values in rows.items():
            print(count, f"{way:<8}", *(f"{value:.4f}" for value in np.mean(values, 0)))


if __name__ == "__main__":
    made = faces.FacePipeline(faces.load_encoder(), faces="largest")
    for place in sys.argv[1:]:
        main(Path(place), made)
