"""How much of a joined distance each encoder's should be: `python -m benchmarks.fusion FOLDER`."""

import sys

import numpy as np
from sklearn.linear_model import LogisticRegression

from triptych.faces import FacePipeline, load_encoder, load_identities
from triptych.faces.encoders.dlib import DlibEncoder
from triptych.faces.encoders.dlib_mobilefacenet import DlibMobileFaceNetEncoder
from triptych.faces.encoders.mobilefacenet import MobileFaceNetEncoder

PAIRS = 200_000  # of one person, and as many of two


def main(folder: str) -> None:
    """Print the weights of a logistic regression of "the same person" on both squared distances.

    Parameters:
        folder: of people, that are none of those to be measured on.
    """
    joined = load_encoder("dlib-mobilefacenet")
    assert isinstance(joined, DlibMobileFaceNetEncoder)
    identities = load_identities(folder)
    embeddings = FacePipeline(joined, faces="largest").embed(identities.photos).embeddings
    first, second = np.split(embeddings.vectors, [DlibEncoder.dim], axis=1)
    assert second.shape[1] == MobileFaceNetEncoder.dim
    vectors = [part / np.linalg.norm(part, axis=1, keepdims=True) for part in (first, second)]
    rows, columns = np.triu_indices(len(embeddings), 1)
    labels = embeddings.labels()
    same = labels[rows] == labels[columns]
    chance = np.random.default_rng(0)
    pairs = np.concatenate(
        [
            chance.choice(kind, min(PAIRS, len(kind)), replace=False)
            for kind in (np.flatnonzero(same), np.flatnonzero(~same))
        ]
    )
    squared = np.stack(
        [np.square(part[rows[pairs]] - part[columns[pairs]]).sum(1) for part in vectors], 1
    )
    fitted = LogisticRegression(C=np.inf, class_weight="balanced").fit(squared, same[pairs])
    shares = fitted.coef_[0] / fitted.coef_[0].sum()
    print(f"{folder}: dlib {shares[0]:.3f}, mobilefacenet {shares[1]:.3f} of the squared distance")


if __name__ == "__main__":
    main(sys.argv[1])
