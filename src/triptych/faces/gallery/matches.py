"""The people nearest to a face: candidates are proposed, and their distances computed exactly."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32
from sqlalchemy import Connection

from .schema import EnrolledPhoto, GalleryState, fetch_photos
from .search import PostgresSearch, SqliteSearch

MIN_CANDIDATES = 16  # whose distance is computed exactly, and ...
CANDIDATES_EACH = 4  # ... for each person asked for: people have several photos


@dataclass(frozen=True)
class Match:
    """A person near to a face.

    Parameters:
        person: the name.
        distance: Euclidean, 0 … 2, from the face to the nearest photo of the person.
        photo: the name of that photo.
    """

    person: str
    distance: float
    photo: str


def nearest_people(
    connection: Connection,
    search: SqliteSearch | PostgresSearch,
    state: GalleryState,
    queries: Float32[np.ndarray, "queries size"],
    top: int,
    name: str,
) -> list[list[Match]]:
    """For each face the nearest people, best first, each with their nearest photo.

    More candidates are asked for as long as they are photos of too few people.

    Parameters:
        connection: in a transaction.
        search: what proposes candidates.
        state: of the gallery, in this transaction.
        queries: unit vectors, (N, D).
        top: how many people to name.
        name: what errors call the gallery.
    """
    answers: list[list[Match]] = [[] for _ in queries]
    left, count = np.arange(len(queries)), max(MIN_CANDIDATES, CANDIDATES_EACH * top)
    while len(left):
        proposed = search.candidates(connection, state, queries[left], count)
        wanted = np.unique(proposed[proposed >= 0]).tolist()
        photos = fetch_photos(connection, wanted, state.size, name)
        for number, ids in zip(left, proposed):
            candidates = [photos[i] for i in set(ids.tolist()) if i in photos]
            answers[number] = _rank(queries[number], candidates, top)
        short = np.array([len(answers[number]) < top for number in left])
        more = (proposed >= 0).sum(1) >= count
        left, count = left[short & more], 4 * count
    return answers


def _rank(
    query: Float32[np.ndarray, " size"], candidates: list[EnrolledPhoto], top: int
) -> list[Match]:
    """The nearest photo of each person, nearest person first."""
    if not candidates:
        return []
    differences = np.array([photo.vector for photo in candidates]) - query
    distances = np.sqrt(np.einsum("ij,ij->i", differences, differences)).tolist()
    best: dict[str, Match] = {}
    ordered = sorted(zip(distances, candidates), key=lambda pair: (pair[0], pair[1].photo))
    for distance, photo in ordered:
        best.setdefault(photo.person, Match(photo.person, distance, photo.photo))
        if len(best) == top:
            break
    return list(best.values())
