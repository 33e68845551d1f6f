from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from triptych.faces.embeddings import Embeddings, euclidean_distances, is_unit
from triptych.frame.errors import DataError


def units(count: int, size: int = 8, seed: int = 0) -> np.ndarray:
    drawn = np.random.default_rng(seed).normal(size=(count, size))
    return (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float32)


def some(count: int = 3) -> Embeddings:
    names = tuple(f"{n}.jpg" for n in range(count))
    return Embeddings(units(count), names, ("Zoë", "Bob", "Zoë")[:count], "tiny-1")


def test_distances_are_those_of_scipy():
    ours, theirs = units(5), units(7, seed=1)
    expected = cdist(ours.astype(float), theirs.astype(float))
    np.testing.assert_allclose(euclidean_distances(ours, theirs), expected, atol=1e-3)
    assert some().distances(some()).shape == (3, 3)


def test_opposite_vectors_are_two_apart():
    a = units(1)
    assert (
        euclidean_distances(a, -a)[0, 0] == pytest.approx(2)
        and euclidean_distances(a, a)[0, 0] < 1e-3
    )


def test_labels_number_people_by_name():
    assert some().labels().tolist() == [1, 0, 1]


def test_what_is_saved_is_loaded(tmp_path: Path):
    saved = some()
    saved.save(tmp_path / "them.npz")
    loaded = Embeddings.load(tmp_path / "them.npz")
    np.testing.assert_array_equal(loaded.vectors, saved.vectors)
    assert (loaded.photos, loaded.identities, loaded.encoder) == (
        saved.photos,
        saved.identities,
        saved.encoder,
    )


def test_no_encodings_at_all_can_be_saved(tmp_path: Path):
    Embeddings(np.zeros((0, 8), np.float32), (), (), "tiny-1").save(tmp_path / "none.npz")
    assert len(Embeddings.load(tmp_path / "none.npz")) == 0


def _write(path: Path, **arrays: np.ndarray) -> None:
    whole = {
        "vectors": units(2),
        "photos": np.array(["a", "b"]),
        "people": np.array(["", ""]),
        "encoder": np.array("tiny-1"),
    }
    np.savez(path, **{**whole, **arrays})


@pytest.mark.parametrize(
    "arrays",
    [
        {"vectors": units(2) * 2},
        {"vectors": np.full((2, 8), np.nan, np.float32)},
        {"vectors": np.zeros((2, 8), np.int64)},
        {"vectors": units(2)[0]},
        {"vectors": np.array([None, {}], object)},
        {"photos": np.array(["a"])},
    ],
)
def test_numbers_that_are_no_encodings_are_refused(arrays: dict, tmp_path: Path):
    _write(tmp_path / "bad.npz", **arrays)
    with pytest.raises(DataError) as slip:
        Embeddings.load(tmp_path / "bad.npz")
    assert "\n" not in str(slip.value)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x80\x04K\x01.", b"\x93NUMPY\x01\x00"])
def test_other_files_are_refused(content: bytes, tmp_path: Path):
    (tmp_path / "bad.npz").write_bytes(content)
    with pytest.raises(DataError, match="Encode the photos anew"):
        Embeddings.load(tmp_path / "bad.npz")


def test_a_missing_file_is_told(tmp_path: Path):
    with pytest.raises(DataError, match="Expected encodings"):
        Embeddings.load(tmp_path / "none.npz")


def test_a_truncated_file_is_refused(tmp_path: Path):
    some().save(tmp_path / "them.npz")
    content = (tmp_path / "them.npz").read_bytes()
    (tmp_path / "them.npz").write_bytes(content[:-40])
    with pytest.raises(DataError):
        Embeddings.load(tmp_path / "them.npz")


@pytest.mark.parametrize(
    ("length", "unit"), [(1.0, True), (1.0005, True), (1.002, False), (0, False)]
)
def test_a_unit_vector_may_be_rounded(length: float, unit: bool):
    assert is_unit(np.full((1, 1), length, np.float32)) is unit
    assert not is_unit(np.full((1, 2), np.nan, np.float32))
