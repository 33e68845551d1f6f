"""How well unnamed faces are grouped: `python -m benchmarks.clustering ENCODER FOLDER …`.

Photos are given without their names, the largest face of each; then two photos of one cluster are
right where they show one person.
"""

import sys

import numpy as np

from triptych import faces
from triptych.faces.grouping.cluster import cluster
from triptych.faces.grouping.result import ClusterResult


def pair_scores(labels: np.ndarray, truth: np.ndarray) -> tuple[float, float, float]:
    """F1, precision and recall of pairs, 0 … 1.

    Parameters:
        labels: the cluster of each photo, (N,).
        truth: its person, (N,).
    """
    table = np.unique(np.stack([labels, truth]), axis=1, return_counts=True)[1]
    together, mates = (np.unique(kind, return_counts=True)[1] for kind in (labels, truth))
    right, said, true = ((counts * (counts - 1) / 2).sum() for counts in (table, together, mates))
    precision, recall = right / max(said, 1), right / max(true, 1)
    return 2 * precision * recall / max(precision + recall, 1e-12), precision, recall


def main(encoder: str, folders: list[str]) -> None:
    """Print a line for each folder and method.

    Parameters:
        encoder: its name.
        folders: of people.
    """
    pipeline = faces.FacePipeline(faces.load_encoder(encoder), faces="largest")
    for folder in folders:
        identities = faces.load_identities(folder)
        people = {f"photo {n}": photo.person for n, photo in enumerate(identities.photos, 1)}
        for method in ("average", "dbscan"):
            result: ClusterResult = cluster(
                [photo.bytes() for photo in identities.photos], pipeline=pipeline, method=method
            )
            rows = [
                (number, people[face.photo])
                for number, group in enumerate((*result.clusters, *result.alone))
                for face in group.faces
            ]
            labels, names = zip(*rows)
            truth = np.unique(names, return_inverse=True)[1]
            f1, precision, recall = pair_scores(np.array(labels), truth)
            print(
                f"{folder} {encoder} {method}: F1 {f1:.3f}, precision {precision:.3f}, recall "
                f"{recall:.3f}, clusters {len(result.clusters)}, alone {len(result.alone)}, "
                f"people {truth.max() + 1}"
            )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
