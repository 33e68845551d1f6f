"""Faces on their way into a gallery: some rows of a file at a time, checked."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import numpy as np
from jaxtyping import Float32, Num

from ...frame.errors import DataError
from ..embeddings import NORM_TOLERANCE

ROWS = 8192  # read and written at a time


@dataclass(frozen=True, eq=False)
class FaceBatch:
    """Some rows of a file.

    Parameters:
        vectors: (N, D), of unit length once they are checked.
        people: who each is.
        photos: the name of each photo; "" where the file has none.
        digests: the hash of each photo's file; "" where the file has none.
        faces: which face of its photo each is, 0 for the largest.
        qualities: of each, 0 … 1; None where it was not measured.
        sources: the folder each photo was enrolled from; "" where that is not known.
        recipes: how each was read, as keys of `VectorFile.recipes`; "" where that is not known.
    """

    vectors: Num[np.ndarray, "count size"]
    people: list[str]
    photos: list[str]
    digests: list[str]
    faces: list[int]
    qualities: list[float | None]
    sources: list[str]
    recipes: list[str]


@dataclass(frozen=True)
class VectorFile:
    """A file of vectors, not read yet.

    Parameters:
        name: what errors call it.
        encoder: fingerprint of the encoder the vectors are of; "" where the file does not say.
        size: numbers in a vector.
        batches: reads its rows, `ROWS` at a time, from the first on; may be called again.
        recipes: how photos were read, by name.
    """

    name: str
    encoder: str
    size: int
    batches: Callable[[], Iterator[FaceBatch]]
    recipes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def plain_batch(
    vectors: Num[np.ndarray, "count size"], people: list[str], photos: list[str] | None = None
) -> FaceBatch:
    """Rows of which no more is known.

    Parameters:
        vectors: (N, D).
        people: who each is.
        photos: the name of each photo, if it has one.
    """
    count = len(vectors)
    empty = [""] * count
    none: list[float | None] = [None] * count
    return FaceBatch(vectors, people, photos or empty, empty, [0] * count, none, empty, empty)


def unit_vectors(
    vectors: Num[np.ndarray, "count size"], name: str, first_row: int
) -> tuple[Float32[np.ndarray, "count size"], int]:
    """Vectors of unit length, and how many had another.

    Parameters:
        vectors: (N, D).
        name: what errors call the file.
        first_row: the number of the first, for errors.

    Raises DataError for numbers that are not finite, and for zeros.
    """
    precise = vectors.astype(np.float64)
    lengths = np.linalg.norm(precise, axis=1)
    bad = np.flatnonzero(~np.isfinite(lengths) | (lengths == 0))
    if len(bad):
        what = "nothing but zeros" if lengths[bad[0]] == 0 else "numbers that are not finite"
        raise DataError(
            f"{name}, row {first_row + bad[0] + 1}: the vector has {what}. Encode the photo anew."
        )
    others = np.abs(lengths - 1) >= NORM_TOLERANCE
    precise[others] /= lengths[others, None]
    return np.ascontiguousarray(precise, np.float32), int(others.sum())


def vector_digest(photo: str, vector: Float32[np.ndarray, " size"]) -> str:
    """What tells a face from all others where its photo is not at hand: its name and vector.

    Parameters:
        photo: its name, "" where there is none.
        vector: of unit length.
    """
    name = photo.encode("utf-8", "surrogateescape")
    return sha256(name + b"\0" + np.asarray(vector, "<f4").tobytes()).hexdigest()
