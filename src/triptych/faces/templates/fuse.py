"""Templates: several photos of a person fused into one vector, the better ones weighing more."""

import numpy as np
from jaxtyping import Float32, Float64

LEAST = 0.01  # the weight of a photo of no quality: it still counts where there is no other

Vectors = Float32[np.ndarray, "photos size"]


def fuse(
    vectors: Vectors, quality: Float64[np.ndarray, " photos"] | None = None
) -> Float32[np.ndarray, " size"]:
    """One vector for several of a person: their mean weighted by quality, of unit length again.

    The template of the IJB protocols (Whitelam et al. 2017), where photos weigh the same.

    Parameters:
        vectors: of unit length, (N, D).
        quality: of each photo, 0 … 1, NaN where it is not known; by default all weigh the same.

    >>> fuse(np.eye(2, dtype=np.float32), np.array([1.0, 0.0])).round(2).tolist()
    [1.0, 0.009999999776482582]
    """
    weights = np.ones(len(vectors)) if quality is None else np.array(quality, np.float64)
    known = weights[~np.isnan(weights)]
    weights = np.where(np.isnan(weights), known.mean() if len(known) else 1.0, weights)
    mean = np.maximum(weights, LEAST) @ vectors.astype(np.float64)
    length = float(np.linalg.norm(mean))
    # opposite vectors may leave nothing: then the best photo stands for all
    fused = mean / length if length > 1e-6 else vectors[int(weights.argmax())]
    return np.asarray(fused, np.float32)
