"""Which enrolled photos may be nearest: all compared while they are few, else an index searched."""

import contextlib
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32, Float64, Int64
from sqlalchemy import Column, Connection, func, select

from ...frame.errors import WriteError
from .faiss_index import SAMPLE, FaissIndex, Ids, IndexCoverage, sidecar
from .schema import GalleryState, decode_vectors
from .tables import FACES

LARGE = 50_000  # photos: looking at each takes 2 ms up to here, about what an index takes
CHUNK = 50_000  # rows held at a time while an index is made
MIXER, PRIME = 7919, 65_537  # numbers of rows, mixed: those of several tenants may alternate
REBUILD_FRACTION = 5  # an index is made anew once one in so many of its photos is removed

Vectors = Float32[np.ndarray, "rows size"]
Queries = Float32[np.ndarray, "queries size"]
Proposals = Int64[np.ndarray, "queries candidates"]


class SqliteSearch:
    """Keeps in step with a SQLite gallery: an index over its older rows if they are many, the newer
    ones in memory. It proposes ids; the caller looks them up.
    """

    def __init__(self, name: str, cache: Path, large: int):
        """
        Parameters:
            name: what errors call the gallery.
            cache: the file of the index.
            large: from so many photos on an index is used.
        """
        self.name = name
        self.cache = cache
        self.large = large
        self._state: GalleryState | None = None
        self._index: FaissIndex | None = None
        self._ids: Ids = np.zeros(0, np.int64)
        self._vectors: Vectors = np.zeros((0, 0), np.float32)

    def candidates(
        self, connection: Connection, state: GalleryState, vectors: Queries, count: int
    ) -> Proposals:
        """Ids of about the nearest photos of each query, (N, K), in no order; −1 stands for none.

        Parameters:
            connection: in a transaction.
            state: of the gallery, in this transaction.
            vectors: the queries, of unit length, (N, D).
            count: how many are wanted for each.
        """
        self._sync(connection, state)
        near = [_nearest(vectors, self._ids, self._vectors, count)]
        if self._index is not None:
            near.append(self._index.search(vectors, count))
        return np.concatenate(near, 1)

    def nearest_by_person(
        self, connection: Connection, state: GalleryState, vectors: Queries, top: int
    ) -> Proposals:
        """Ids of the nearest photo of each of the nearest people, exactly, (N, K); −1 for none.

        Every row is compared.

        Parameters:
            connection: in a transaction.
            state: of the gallery, in this transaction.
            vectors: the queries, of unit length, (N, D).
            top: how many people for each.
        """
        kept = [np.zeros((3, 0)) for _ in vectors]  # rows: ids, people, likeness
        columns = FACES.c.id, FACES.c.vector, FACES.c.person
        for rows in _parts(connection, columns, 0, state.tenant):
            ids, packed, people = zip(*rows)
            likeness = vectors @ decode_vectors(packed, state.size, self.name).T
            parts = [np.stack([np.array(ids), np.array(people), row]) for row in likeness]
            kept = [_best_of_each(np.hstack(pair), top) for pair in zip(kept, parts)]
        proposals = np.full((len(vectors), top), -1, np.int64)
        for row, best in zip(proposals, kept):
            row[: best.shape[1]] = best[0]
        return proposals

    def _sync(self, connection: Connection, state: GalleryState) -> None:
        """Take up what was written since the last time."""
        before, self._state = self._state, None  # unknown, should reading fail
        if before is None or before.removals != state.removals:
            self._reset(connection, state)
        elif before.changes == state.changes:
            self._state = before
            return
        if self._needs_index(connection, state.tenant):
            self._index = self._build_index(connection, state)
            self._ids, self._vectors = self._ids[:0], self._vectors[:0]
        for ids, vectors in self._rows(connection, state, self._last):
            self._ids = np.concatenate([self._ids, ids])
            self._vectors = np.concatenate([self._vectors.reshape(-1, state.size), vectors])
        self._state = state

    def _reset(self, connection: Connection, state: GalleryState) -> None:
        """Forget the rows held; keep or read an index that still covers most of the gallery."""
        self._ids, self._vectors = self._ids[:0], np.zeros((0, state.size), np.float32)
        if self._index is None and self._needs_index(connection, state.tenant):
            index = FaissIndex.load(self.cache)
            self._index = index if index and _covers(connection, index.coverage, state) else None
        elif self._index is not None:
            removed = state.removals - self._index.coverage.removals
            self._index = self._index if removed <= len(self._index) // REBUILD_FRACTION else None

    @property
    def _last(self) -> int:
        """The newest id taken up."""
        if len(self._ids):
            return int(self._ids[-1])
        return self._index.coverage.last if self._index else 0

    def _needs_index(self, connection: Connection, tenant: str) -> bool:
        """Whether no index covers more rows than one would look at one by one."""
        mine = FACES.c.tenant == tenant
        last = self._index.coverage.last if self._index else 0
        newest = connection.scalar(select(func.max(FACES.c.id)).where(mine)) or 0
        if newest - last <= self.large:  # told at once; counting reads every row
            return False
        left = connection.scalar(select(func.count()).where(mine, FACES.c.id > last)) or 0
        return left > self.large

    def _build_index(self, connection: Connection, state: GalleryState) -> FaissIndex:
        """An index over all rows, kept beside the database where that can be written."""
        mine = FACES.c.tenant == state.tenant
        count = connection.scalar(select(func.count()).where(mine)) or 0
        newest = select(FACES.c.id, FACES.c.digest).where(mine).order_by(FACES.c.id.desc()).limit(1)
        last, digest = connection.execute(newest).one()
        covered = IndexCoverage(state.gallery, state.removals, count, last, digest)
        sample = self._sample(connection, state, max(1, count // SAMPLE))
        index = FaissIndex.build(sample, self._rows(connection, state, 0), covered)
        with contextlib.suppress(WriteError, RuntimeError):  # faiss's own, where the disk is full
            index.save(self.cache)
        return index

    def _sample(self, connection: Connection, state: GalleryState, step: int) -> Vectors:
        """Every so many-th vector, wherever it stands."""
        query = select(FACES.c.vector).where(FACES.c.tenant == state.tenant)
        rows = connection.scalars(
            query.where(FACES.c.id * MIXER % PRIME % step == 0).limit(SAMPLE)
        ).all()
        return decode_vectors(rows, state.size, self.name)

    def _rows(
        self, connection: Connection, state: GalleryState, last: int
    ) -> Iterator[tuple[Ids, Vectors]]:
        """Ids and vectors after an id, in the order of ids."""
        for rows in _parts(connection, (FACES.c.id, FACES.c.vector), last, state.tenant):
            ids, packed = zip(*rows)
            yield np.array(ids, np.int64), decode_vectors(packed, state.size, self.name)


def tenant_suffix(tenant: str) -> str:
    """What the file of the index of a `tenant` has in its name, whatever the tenant's has."""
    return f".{sha256(tenant.encode()).hexdigest()[:16]}" if tenant else ""


def delete_index(cache: Path) -> None:
    """Delete an index, for it holds traces of the vectors it was made of."""
    for path in (cache, sidecar(cache)):
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def _covers(connection: Connection, covered: IndexCoverage, state: GalleryState) -> bool:
    """Whether an index was made of this gallery, and none of its rows was removed since."""
    if (covered.gallery, covered.removals) != (state.gallery, state.removals):
        return False
    mine = FACES.c.tenant == state.tenant
    digest = select(FACES.c.digest).where(mine, FACES.c.id == covered.last)
    return connection.scalar(digest) == covered.digest


def _parts(
    connection: Connection, columns: Sequence[Column[Any]], last: int, tenant: str
) -> Iterator[Sequence[Any]]:
    """Rows after an id in the order of ids, so many at a time; the first column is the id."""
    query = select(*columns).where(FACES.c.tenant == tenant).order_by(FACES.c.id).limit(CHUNK)
    while rows := connection.execute(query.where(FACES.c.id > last)).all():
        yield rows
        last = rows[-1][0]


def _best_of_each(
    photos: Float64[np.ndarray, "3 photos"], top: int
) -> Float64[np.ndarray, "3 best"]:
    """The photo most like the query of each person, the best people first; rows: ids, people,
    likeness. Ids are exact in float64 below 2**53."""
    ordered = photos[:, np.argsort(-photos[2], kind="stable")]
    first = np.unique(ordered[1], return_index=True)[1]
    return ordered[:, np.sort(first)[:top]]


def _nearest(queries: Queries, ids: Ids, vectors: Vectors, count: int) -> Proposals:
    """The nearest of vectors held in memory."""
    if not len(ids):
        return np.zeros((len(queries), 0), np.int64)
    likeness = queries @ vectors.T
    if count < len(ids):
        return ids[np.argpartition(-likeness, count - 1, axis=1)[:, :count]]
    return np.tile(ids, (len(queries), 1))
