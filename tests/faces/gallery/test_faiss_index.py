"""An index proposes what is nearest, and a file is read only where we wrote it."""

import json
from pathlib import Path

import numpy as np
import pytest

from triptych.faces.gallery import faiss_index as indexing
from triptych.faces.gallery.faiss_index import FaissIndex, IndexCoverage, sidecar
from triptych.frame.errors import WriteError

COVERED = IndexCoverage("gallery", 0, 3000, 9, "0" * 64)


def units(count: int, size: int, seed: int = 0) -> np.ndarray:
    vectors = np.random.default_rng(seed).standard_normal((count, size), np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def built(vectors: np.ndarray, first: int = 0) -> FaissIndex:
    ids = np.arange(first, first + len(vectors))
    half = len(vectors) // 2
    return FaissIndex.build(
        vectors, [(ids[:half], vectors[:half]), (ids[half:], vectors[half:])], COVERED
    )


@pytest.mark.parametrize("size", [128, 32, 5])
def test_the_nearest_of_all_is_among_the_proposed(size: int) -> None:
    vectors, queries = units(3000, size), units(200, size, seed=1)
    proposed = built(vectors, first=7_000_000_000).search(queries, 16) - 7_000_000_000
    exact = np.argmax(queries @ vectors.T, axis=1)
    assert (proposed == exact[:, None]).any(1).mean() >= 0.95


def test_few_vectors_are_proposed_all() -> None:
    vectors = units(12, 8)
    assert sorted(built(vectors).search(vectors[:1], 50)[0].tolist()) == list(range(12))


def test_a_saved_index_answers_alike(tmp_path: Path) -> None:
    vectors, path = units(500, 16), tmp_path / "people.db.faiss"
    index = built(vectors)
    index.save(path)
    again = FaissIndex.load(path)
    assert again is not None and again.coverage == COVERED and len(again) == 500
    np.testing.assert_array_equal(again.search(vectors, 3), index.search(vectors, 3))


def test_only_what_was_saved_is_read(tmp_path: Path) -> None:
    path = tmp_path / "people.db.faiss"
    index = built(units(500, 16))
    index.save(path)
    whole, about = path.read_bytes(), sidecar(path).read_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 1
    for content in (b"", whole[:-1], bytes(flipped), b"IxMp" + b"\xff" * 5000):
        path.write_bytes(content)
        assert FaissIndex.load(path) is None
    path.write_bytes(whole)
    for words in (
        b"",
        b"[]",
        b"null",
        b"\xff",
        b"{}",
        about.replace(b'"format": 1', b'"format": 2'),
    ):
        sidecar(path).write_bytes(words)
        assert FaissIndex.load(path) is None
    sidecar(path).write_bytes(about)
    assert FaissIndex.load(path) is not None
    sidecar(path).unlink()
    assert FaissIndex.load(path) is None


def test_an_index_of_another_faiss_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "people.db.faiss"
    built(units(500, 16)).save(path)
    path.write_bytes(b"Ix??" + bytes(100))
    about = json.loads(sidecar(path).read_text())
    about["sha256"] = indexing._checksum(path)
    sidecar(path).write_text(json.dumps(about))
    assert FaissIndex.load(path) is None


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="no folder"):
        built(units(500, 16)).save(tmp_path / "none" / "people.db.faiss")
