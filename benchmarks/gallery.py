"""A gallery of very many photos: queries a second beside a NumPy scan, and how many are right.

The encodings are made up, to resemble those of real faces (mobilefacenet on Labeled Faces in the
Wild): people are random directions around a mean face, on axes of falling variance, and photos
scatter around their people, some more than others. So the squared distance of two photos of one
person is 0.73 ± 0.22 (real faces: 0.74 ± 0.22), of two people 1.87 ± 0.22 (real: 1.87 ± 0.25).
Nobody is asked for by an enrolled photo: queries are other photos of the enrolled, and strangers.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
from jaxtyping import Float32

from triptych.faces.embeddings import Embeddings
from triptych.faces.gallery.gallery import Gallery

SIZE = 128
EACH = 5  # photos a person
ASKED = 1000  # queries of the enrolled, and as many of strangers
BATCH = 64
CHUNK = 20_000  # photos enrolled in one transaction
MEAN = 0.105  # squared length of the mean face: what all faces have in common
FALL = 10  # the variance of axis i falls as 1 / (i + FALL)
SCATTER, UNEVEN = 0.73, 0.3  # of photos around their person: the median, and how it differs

Vectors = Float32[np.ndarray, "count size"]


class Faces:
    """Made-up encodings, the same for a seed."""

    def __init__(self, seed: int = 0):
        self.chance = np.random.default_rng(seed)
        spread = np.sqrt(1 / (np.arange(SIZE) + FALL))
        self.spread = (spread / np.linalg.norm(spread)).astype(np.float32)
        turn = np.linalg.qr(self.chance.standard_normal((SIZE, SIZE)))[0]
        self.turn = turn.astype(np.float32)  # so that no number of a vector is a face's axis

    def people(self, count: int) -> Vectors:
        """A direction for each person."""
        people = _unit(self._noise(count)) * np.float32(np.sqrt(1 - MEAN))
        people[:, -1] += np.float32(np.sqrt(MEAN))
        return _unit(people)

    def photos(self, people: Vectors) -> Vectors:
        """A photo of each, of unit length."""
        scatter = self.chance.lognormal(np.log(SCATTER), UNEVEN, (len(people), 1))
        noise = _unit(self._noise(len(people))) * scatter.astype(np.float32)
        return _unit(people + noise) @ self.turn

    def _noise(self, count: int) -> Vectors:
        return self.chance.standard_normal((count, SIZE), np.float32) * self.spread


@dataclass(frozen=True, eq=False)
class Subject:
    """Enrolled vectors, queries (the enrolled first, then strangers), and the truth for each:
    the row that is nearest of all."""

    enrolled: Vectors
    queries: Vectors
    truth: np.ndarray

    @classmethod
    def made(cls, photos: int, asked: int) -> "Subject":
        faces = Faces()
        people = faces.people(-(-photos // EACH))
        enrolled = faces.photos(np.repeat(people, EACH, 0)[:photos])
        chosen = faces.chance.integers(0, len(people), asked)
        queries = faces.photos(np.concatenate([people[chosen], faces.people(asked)]))
        batches = np.split(queries, range(BATCH, len(queries), BATCH))
        return cls(enrolled, queries, np.concatenate([scanned(enrolled, b) for b in batches]))


def scanned(enrolled: Vectors, queries: Vectors) -> np.ndarray:
    """The nearest row for each query, by NumPy looking at all: one product of matrices."""
    return np.argmax(queries @ enrolled.T, axis=1)


def subtracted(enrolled: Vectors, queries: Vectors) -> np.ndarray:
    """The same as it is mostly written, with differences and their lengths."""
    return np.array([np.argmin(np.linalg.norm(enrolled - query, axis=1)) for query in queries])


def gallery(photos: int, rounds: int, asked: int = ASKED) -> list[dict[str, Any]]:
    """Two rows, for queries one at a time and in batches."""
    subject = Subject.made(photos, asked)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "people.db")
        with Gallery.open(str(path), encoder="made up", size=SIZE, create=True) as place:
            enrolling = timed(lambda: enroll(place, subject.enrolled))
            first = timed(lambda: place.identify(subject.queries[:1]))
        with Gallery.open(str(path), encoder="made up", size=SIZE) as place:
            opening = timed(lambda: place.identify(subject.queries[:1]))
            known, strangers = recall(place, subject)
            about = {
                "photos": photos,
                "enroll s": round(enrolling, 1),
                "index s": round(first, 1),
                "open s": round(opening, 2),
                "database MB": round(path.stat().st_size / 1e6),
                "index MB": round(_bytes(path.with_name(path.name + ".faiss")) / 1e6),
                "recall@1 enrolled": known,
                "recall@1 strangers": strangers,
            }
            return [
                {"queries": f"{size} at a time", **compared(place, subject, size, rounds), **about}
                for size in (1, BATCH)
            ]


def enroll(place: Gallery, vectors: Vectors) -> None:
    """All photos, as `triptych faces enroll` does it: a transaction for each chunk."""
    for first in range(0, len(vectors), CHUNK):
        chunk = vectors[first : first + CHUNK]
        rows = range(first, first + len(chunk))
        people = tuple(f"person {row // EACH}" for row in rows)
        encodings = Embeddings(chunk, tuple(map(str, rows)), people, "made up")
        place.enroll(encodings, [f"{row:064x}" for row in rows])


def recall(place: Gallery, subject: Subject) -> tuple[float, float]:
    """Share of queries whose best match is the nearest photo of all: of the enrolled, of
    strangers."""
    found = place.identify(subject.queries, top=1)
    right = np.array([int(m.photo) == truth for (m,), truth in zip(found, subject.truth)])
    half = len(right) // 2
    return round(float(right[:half].mean()), 4), round(float(right[half:].mean()), 4)


def compared(place: Gallery, subject: Subject, size: int, rounds: int) -> dict[str, Any]:
    """The gallery's answers (names, photos, five people) and the bare scans' (a row), in turns."""
    count = 10 if size == 1 else 2  # batches a turn
    ours, scans, plain = [], [], []
    for turn in range(rounds):
        first = turn * count * size % max(1, len(subject.queries) - count * size)
        batches = [subject.queries[first + i * size :][:size] for i in range(count)]
        ours.append(_rate(place.identify, batches))
        scans.append(_rate(lambda batch: scanned(subject.enrolled, batch), batches))
        plain.append(_rate(lambda batch: subtracted(subject.enrolled, batch), [batches[0][:1]] * 2))
    return {
        "gallery queries/s": round(median(ours), 1),
        "product queries/s": round(median(scans), 1),
        "ratio": round(median(our / scan for our, scan in zip(ours, scans)), 1),
        "norm queries/s": round(median(plain), 1),
        "ratio to norm": round(median(our / scan for our, scan in zip(ours, plain)), 1),
    }


def timed(work: Callable[[], object]) -> float:
    """Seconds it takes."""
    begun = perf_counter()
    work()
    return perf_counter() - begun


def _rate(answer: Callable[[Vectors], object], batches: list[Vectors]) -> float:
    """Queries a second, after one batch to warm up."""
    answer(batches[0])
    seconds = timed(lambda: [answer(batch) for batch in batches])
    return sum(map(len, batches)) / seconds


def _bytes(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _unit(vectors: Vectors) -> Vectors:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
