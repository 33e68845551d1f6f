"""What PostgreSQL's index answers is what looking at every row answers, whoever was removed."""

from hashlib import sha256

import numpy as np
import pytest
from sqlalchemy import create_engine, text

from triptych.faces.embeddings import Embeddings
from triptych.faces.gallery import matches, postgres_search
from triptych.faces.gallery.gallery import Gallery
from triptych.faces.gallery.matches import Match

SIZE = 128


def units(count: int, seed: int) -> np.ndarray:
    vectors = np.random.default_rng(seed).standard_normal((count, SIZE), np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def around(query: np.ndarray, count: int, spread: float, seed: int = 5) -> np.ndarray:
    """Photos of one person, near a query."""
    vectors = query + spread * units(count, seed)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def named(vectors: np.ndarray, people: list[str]) -> tuple[Embeddings, list[str]]:
    photos = tuple(f"{person}/{number}.jpg" for number, person in enumerate(people))
    digests = [sha256(vector.tobytes()).hexdigest() for vector in vectors]
    return Embeddings(vectors, photos, tuple(people), "test"), digests


def exact(encodings: Embeddings, query: np.ndarray, top: int) -> list[tuple[str, str]]:
    """The nearest photo of each person, by looking at all of them in float64."""
    gaps = np.linalg.norm(encodings.vectors.astype(np.float64) - query, axis=1)
    best: dict[str, str] = {}
    for row in np.argsort(gaps):
        best.setdefault(encodings.identities[row], encodings.photos[row])
    return list(best.items())[:top]


def without(encodings: Embeddings, *people: str) -> Embeddings:
    rows = [row for row, name in enumerate(encodings.identities) if name not in people]
    photos = tuple(encodings.photos[row] for row in rows)
    names = tuple(encodings.identities[row] for row in rows)
    return Embeddings(encodings.vectors[rows], photos, names, "test")


def opened(url: str, large: int = 100) -> Gallery:
    return Gallery.open(url, encoder="test", size=SIZE, create=True, large=large)


def brief(found: list[Match]) -> list[tuple[str, str]]:
    return [(match.person, match.photo) for match in found]


def plan(url: str, vector: np.ndarray) -> str:
    """How the server would look for the nearest."""
    half = f"vector::halfvec({SIZE}) <-> '{vector[0].tolist()}'::halfvec({SIZE})"
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        query = f"EXPLAIN SELECT id FROM triptych_faces ORDER BY {half} LIMIT 20"
        rows = connection.execute(text(query)).scalars().all()
    engine.dispose()
    return "\n".join(rows)


@pytest.fixture
def crowd() -> tuple[np.ndarray, Embeddings, list[str]]:
    """A query, 1,500 photos of one person near it, and 3,000 of 300 others."""
    query = units(1, seed=1)
    vectors = np.concatenate([around(query, 1500, 0.2), units(3000, seed=2)])
    others = [f"P{number % 300:03}" for number in range(3000)]
    encodings, digests = named(vectors, ["Crowd"] * 1500 + others)
    return query, encodings, digests


def test_behind_a_removed_crowd_others_are_found(
    url: str, crowd: tuple, monkeypatch: pytest.MonkeyPatch
) -> None:
    query, encodings, digests = crowd
    left = without(encodings, "Crowd")

    def check() -> None:
        with opened(url) as gallery:
            for top in (1, 5, 50):
                assert brief(gallery.identify(query, top=top)[0]) == exact(left, query, top)
            assert len(gallery.identify(query, top=400)[0]) == 300

    with opened(url) as gallery:
        gallery.enroll(encodings, digests)
        assert brief(gallery.identify(query, top=5)[0]) == exact(encodings, query, 5)
        if url.startswith("postgresql"):
            assert "Index Scan" in plan(url, query)
        with monkeypatch.context() as patch:
            patch.setattr("triptych.faces.gallery.gallery.VACUUM_FROM", 10**9)
            assert gallery.remove("Crowd") == 1500
            check()
            # as with a pgvector that knows no iterative scans
            patch.setattr(postgres_search, "ITERATIVE_FROM", (9, 9))
            check()
        gallery.database.vacuum("")
    check()


def uneven(seed: int) -> tuple[Embeddings, list[str], np.ndarray]:
    """40 people, of whom a few have very many photos; and another photo of each."""
    people = units(40, seed=seed + 10)
    shares = np.random.default_rng(seed).pareto(0.7, 40)
    sizes = np.minimum(200, 4 * shares + 1).astype(int)
    faces = [around(person, count, 0.5, n) for n, (person, count) in enumerate(zip(people, sizes))]
    names = [f"P{number}" for number, count in enumerate(sizes) for _ in range(count)]
    queries = np.concatenate([around(person, 1, 0.6, 999) for person in people])
    return *named(np.concatenate(faces), names), queries


@pytest.mark.parametrize("vacuumed", [True, False])
def test_random_removals_hide_nobody_else(
    url: str, vacuumed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("triptych.faces.gallery.gallery.VACUUM_FROM", 1 if vacuumed else 10**9)
    encodings, digests, queries = uneven(seed=0)
    left, first, alike = encodings, [], []
    chance = np.random.default_rng(0)
    with opened(url) as gallery:
        gallery.enroll(encodings, digests)
        for _ in range(4):
            gone = chance.choice(sorted({*left.identities}), 6, replace=False).tolist()
            left = without(left, *gone)
            assert [gallery.remove(name) > 0 for name in gone] == [True] * 6
            for ours, query in zip(gallery.identify(queries, top=5), queries):
                found, expected = brief(ours), exact(left, query, 5)
                assert len(found) == 5
                first.append(found[0] == expected[0])
                alike.append(len({*found} & {*expected}) / 5)
    # the nearest is found; of the strangers behind, an index misses some by nature
    assert np.mean(first) >= 0.99 and np.mean(alike) >= 0.97


def test_one_person_with_very_many_photos_hides_nobody(
    url: str, crowd: tuple, monkeypatch: pytest.MonkeyPatch
) -> None:
    query, encodings, digests = crowd
    rows = [*range(1000, 2000)]
    encodings, digests = named(encodings.vectors[rows], [encodings.identities[r] for r in rows])
    monkeypatch.setattr(matches, "MAX_CANDIDATES", 100)  # every row is compared from here on
    with opened(url) as gallery:
        gallery.enroll(encodings, digests)
        queries = np.concatenate([query, encodings.vectors[[0, 7, 600]]])
        for ours, one in zip(gallery.identify(queries, top=5), queries):
            assert brief(ours) == exact(encodings, one, 5)
