"""The people nearest to a face: candidates are proposed, and their distances computed exactly."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32
from sqlalchemy import Connection

from .info import count_rows
from .postgres_search import PostgresSearch
from .schema import EnrolledPhoto, GalleryState, fetch_photos
from .search import SqliteSearch
from .tables import PEOPLE

MIN_CANDIDATES = 16  # whose distance is computed exactly, and ...
MAX_CANDIDATES = 2000  # more of one person's photos are near where so many are of too few people
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

    More candidates are asked for as long as they are photos of too few people; where one person
    has very many photos, every photo is compared.

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
    most, wanted = max(MAX_CANDIDATES, count), top
    while len(left):
        if count <= most:
            proposed = search.candidates(connection, state, queries[left], count)
        else:
            proposed = search.nearest_by_person(connection, state, queries[left], wanted)
        ids = np.unique(proposed[proposed >= 0]).tolist()
        photos = fetch_photos(connection, ids, state, name)
        for number, row in zip(left, proposed):
            candidates = [photos[i] for i in set(row.tolist()) if i in photos]
            answers[number] = _rank(queries[number], candidates, top)
        if count > most:
            break
        named = np.array([len(answers[number]) for number in left])
        if wanted == top and (named < top).any():  # perhaps there are no more
            wanted = min(top, count_rows(connection, PEOPLE, state.tenant))
        left, count = left[named < wanted], 4 * count
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
