"""What a gallery says of itself, and its rows read back."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

import numpy as np
from jaxtyping import Float32
from sqlalchemy import Connection, select, text

from ...frame.errors import GalleryError
from ..embeddings import is_unit
from .tables import FACES, FACTS, PEOPLE

FORMAT = 3  # 1 had no tenants, 2 did not say how a photo was read
AT_ONCE = 10_000  # rows or names told to the database in one statement: SQLite takes 32,766

T = TypeVar("T")
Vectors = Float32[np.ndarray, "count size"]


# built once: SQLAlchemy takes longer to build a question than SQLite to answer it
_STATE = select(FACTS.c.name, FACTS.c.value)
_CHANGES = select(FACTS.c.value).where(FACTS.c.name == "changes")
_EVERY = select(FACES.c.id, PEOPLE.c.name, FACES.c.photo, FACES.c.vector).join(PEOPLE)
# one value for all ids: SQLAlchemy would else write the question anew for each
_OF_TENANT = _EVERY.where(text("triptych_faces.tenant = :tenant"))
_ROWS = {
    "sqlite": _OF_TENANT.where(text("triptych_faces.id IN (SELECT value FROM json_each(:ids))")),
    "postgresql": _OF_TENANT.where(text("triptych_faces.id = ANY(:ids)")),
}


@dataclass(frozen=True)
class GalleryState:
    """What a gallery says of itself: the rows of its table of facts; and whose photos are meant.

    Parameters:
        format: of the tables, as a number that grows.
        gallery: tells it from all other galleries.
        encoder: fingerprint of its encoder.
        size: numbers in a vector.
        changes: how often it was written to.
        removals: how often somebody was removed.
        calibration: as JSON, empty where there is none.
        tenant: whose people and photos; no fact, all tenants have the same.
    """

    format: int
    gallery: str
    encoder: str
    size: int
    changes: int
    removals: int
    calibration: str
    tenant: str = ""

    def facts(self) -> list[dict[str, str]]:
        """As rows of the table of facts."""
        return [{"name": name, "value": str(getattr(self, name))} for name in FACT_TYPES]


FACT_TYPES = {k: kind for k, kind in GalleryState.__annotations__.items() if k != "tenant"}


def changed(connection: Connection, since: GalleryState) -> bool:
    """Whether anything was written to a gallery meanwhile.

    Parameters:
        connection: in a transaction.
        since: its state at an earlier time.
    """
    return connection.scalar(_CHANGES) != str(since.changes)


def state(connection: Connection, name: str, tenant: str = "") -> GalleryState:
    """What a gallery says of itself.

    Parameters:
        connection: in a transaction.
        name: what errors call the gallery.
        tenant: whose people and photos are meant.

    Raises GalleryError where it is damaged or was written by a newer triptych.
    """
    facts = dict(map(tuple, connection.execute(_STATE).all()))
    try:
        if int(facts["format"]) > FORMAT:
            raise GalleryError(f"{name} was written by a newer triptych. Upgrade this one.")
        return GalleryState(**{k: kind(facts[k]) for k, kind in FACT_TYPES.items()}, tenant=tenant)
    except (KeyError, ValueError) as error:
        raise GalleryError(f"{name} is damaged: it lacks facts. Enroll its people anew.") from error


@dataclass(frozen=True, eq=False)
class EnrolledPhoto:
    """An enrolled photo.

    Parameters:
        person: who is on it.
        photo: its name.
        vector: float32, (D,), of unit length.
    """

    person: str
    photo: str
    vector: Float32[np.ndarray, " size"]


def fetch_photos(
    connection: Connection, ids: Iterable[int], state: GalleryState, name: str
) -> dict[int, EnrolledPhoto]:
    """The enrolled photos of these ids, but for those removed.

    Parameters:
        connection: in a transaction.
        ids: of rows.
        state: of the gallery, for the size of its vectors and whose photos are meant.
        name: what errors call the gallery.

    Raises GalleryError as `decode_vectors`.
    """
    listed: Any = sorted(ids)
    if connection.dialect.name == "sqlite":
        listed = json.dumps(listed)
    wanted = {"ids": listed, "tenant": state.tenant}
    rows = connection.execute(_ROWS[connection.dialect.name], wanted).all()
    vectors = decode_vectors([row[3] for row in rows], state.size, name)
    return {row[0]: EnrolledPhoto(row[1], row[2], vector) for row, vector in zip(rows, vectors)}


def decode_vectors(vectors: Sequence[Any], dim: int, name: str) -> Vectors:
    """Vectors as a database gives them, (N, D).

    Parameters:
        vectors: bytes of float32, or lists of numbers.
        dim: numbers in a vector.
        name: what errors call the gallery.

    Raises GalleryError for any that is not of unit length.
    """
    plain = [v if isinstance(v, bytes) else np.asarray(v, "<f4").tobytes() for v in vectors]
    if all(len(vector) == 4 * dim for vector in plain):
        decoded = np.frombuffer(b"".join(plain), "<f4").reshape(-1, dim).astype(np.float32)
        if is_unit(decoded):
            return decoded
    raise GalleryError(
        f"{name} is damaged: it holds vectors that are none. Enroll its people anew."
    )


def batched(values: Iterable[T], count: int = AT_ONCE) -> Iterator[list[T]]:
    """The same values in lists of a given length; the last may be shorter.

    Parameters:
        values: any number of them.
        count: values in a list.

    >>> list(batched("abcde", 2))
    [['a', 'b'], ['c', 'd'], ['e']]
    """
    left = iter(values)
    while part := list(islice(left, count)):
        yield part
