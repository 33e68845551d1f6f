"""The same clusters as SciPy's full tree, cut at the same height."""

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import pdist

from triptych.faces.grouping import average_linkage as module
from triptych.faces.grouping.average_linkage import average_linkage


def people(count: int, faces: int, noise: float, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    centers = np.repeat(rng.normal(0, 1, (count, 16)), faces, 0)
    vectors = centers + rng.normal(0, noise, centers.shape)
    vectors = vectors[rng.permutation(len(vectors))]
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def scipy_labels(vectors: np.ndarray, threshold: float) -> np.ndarray:
    tree = linkage(pdist(vectors.astype(np.float64), "sqeuclidean"), "average")
    return fcluster(tree, threshold**2, "distance")


def same_partition(first: np.ndarray, second: np.ndarray) -> bool:
    pairs = {*zip(first.tolist(), second.tolist())}
    return len(pairs) == len({*first.tolist()}) == len({*second.tolist()})


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("threshold", [0.3, 0.7, 1.0, 1.3, 2.0])
@pytest.mark.parametrize("noise", [0.1, 0.5])
def test_it_is_the_tree_of_scipy(seed: int, threshold: float, noise: float):
    vectors = people(30, 1 + 4 * (seed % 3), noise, seed)
    assert same_partition(average_linkage(vectors, threshold), scipy_labels(vectors, threshold))


def test_parts_of_any_size_give_the_same(monkeypatch: pytest.MonkeyPatch):
    vectors = people(40, 5, 0.4, 9)
    whole = average_linkage(vectors, 0.9)
    monkeypatch.setattr(module, "AT_A_TIME", 300)
    assert average_linkage(vectors, 0.9).tolist() == whole.tolist()


def test_clusters_are_numbered_by_their_first_rows_and_input_is_left():
    vectors = people(10, 6, 0.3, 2)
    before = vectors.copy()
    labels = average_linkage(vectors, 0.9)
    firsts = [labels.tolist().index(number) for number in range(labels.max() + 1)]
    assert firsts == sorted(firsts) and (vectors == before).all()


def test_equal_vectors_are_one_and_none_is_none():
    one = np.repeat(np.eye(4, dtype=np.float32), 50, 0)
    assert average_linkage(one, 0.0).tolist() == np.repeat(np.arange(4), 50).tolist()
    assert average_linkage(one[:1], 1.0).tolist() == [0]
    assert average_linkage(one[:0], 1.0).tolist() == []
