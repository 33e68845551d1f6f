"""Which enrolled photos may be nearest: all compared while they are few, else an index searched."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Int64
from sqlalchemy import Connection, func, select, text

from ...frame.errors import WriteError
from .faiss_index import SAMPLE, FaissIndex, Ids, IndexCoverage, sidecar
from .schema import FACES, GalleryState, decode_vectors

LARGE = 50_000  # photos: looking at each takes 2 ms up to here, about what an index takes
CHUNK = 50_000  # rows held at a time while an index is made
REBUILD_FRACTION = 5  # an index is made anew once one in so many of its photos is removed
EXACT = "SET LOCAL enable_indexscan = off"  # PostgreSQL looks at every row then
EF_SEARCH = (
    400  # candidates PostgreSQL keeps while it searches; pgvector's own 40 miss too many ...
)
MAX_EF_SEARCH = 1000  # ... and it takes no more than this

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

    def _sync(self, connection: Connection, state: GalleryState) -> None:
        """Take up what was written since the last time."""
        before, self._state = self._state, None  # unknown, should reading fail
        if before is None or before.removals != state.removals:
            self._reset(connection, state)
        elif before.changes == state.changes:
            self._state = before
            return
        if self._needs_index(connection):
            self._index = self._build_index(connection, state)
            self._ids, self._vectors = self._ids[:0], self._vectors[:0]
        for ids, vectors in self._rows(connection, state.size, self._last):
            self._ids = np.concatenate([self._ids, ids])
            self._vectors = np.concatenate([self._vectors.reshape(-1, state.size), vectors])
        self._state = state

    def _reset(self, connection: Connection, state: GalleryState) -> None:
        """Forget the rows held; keep or read an index that still covers most of the gallery."""
        self._ids, self._vectors = self._ids[:0], np.zeros((0, state.size), np.float32)
        if self._index is None and self._needs_index(connection):
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

    def _needs_index(self, connection: Connection) -> bool:
        """Whether no index covers more rows than one would look at one by one."""
        last = self._index.coverage.last if self._index else 0
        newest = connection.scalar(select(func.max(FACES.c.id))) or 0
        if newest - last <= self.large:  # told at once; counting reads every row
            return False
        left = connection.scalar(select(func.count()).where(FACES.c.id > last)) or 0
        return left > self.large

    def _build_index(self, connection: Connection, state: GalleryState) -> FaissIndex:
        """An index over all rows, kept beside the database where that can be written."""
        count = connection.scalar(select(func.count()).select_from(FACES)) or 0
        newest = select(FACES.c.id, FACES.c.digest).order_by(FACES.c.id.desc()).limit(1)
        last, digest = connection.execute(newest).one()
        covered = IndexCoverage(state.gallery, state.removals, count, last, digest)
        sample = self._sample(connection, state.size, max(1, count // SAMPLE))
        index = FaissIndex.build(sample, self._rows(connection, state.size, 0), covered)
        with contextlib.suppress(WriteError, RuntimeError):  # faiss's own, where the disk is full
            index.save(self.cache)
        return index

    def _sample(self, connection: Connection, size: int, step: int) -> Vectors:
        """Every so many-th vector, wherever it stands."""
        query = select(FACES.c.vector).where(FACES.c.id % step == 0).limit(SAMPLE)
        rows = connection.scalars(query).all()
        return decode_vectors(rows, size, self.name)

    def _rows(self, connection: Connection, size: int, last: int) -> Iterator[tuple[Ids, Vectors]]:
        """Ids and vectors after an id, in the order of ids."""
        while True:
            query = select(FACES.c.id, FACES.c.vector).where(FACES.c.id > last)
            rows = connection.execute(query.order_by(FACES.c.id).limit(CHUNK)).all()
            if not rows:
                return
            ids, packed = zip(*rows)
            last = ids[-1]
            yield np.array(ids, np.int64), decode_vectors(packed, size, self.name)


class PostgresSearch:
    """The same for PostgreSQL, whose own index is always in step."""

    def __init__(self, large: int):
        """`large`: from so many photos on the index is used."""
        self.large = large

    def candidates(
        self, connection: Connection, state: GalleryState, vectors: Queries, count: int
    ) -> Proposals:
        """Ids of about the nearest photos of each query, (N, K), nearest first; −1 stands for none.

        Parameters:
            connection: in a transaction.
            state: not used.
            vectors: the queries, of unit length, (N, D).
            count: how many are wanted for each.
        """
        newest = connection.scalar(select(func.max(FACES.c.id))) or 0
        few = newest <= self.large
        list_size = min(MAX_EF_SEARCH, max(EF_SEARCH, count))
        connection.execute(text(EXACT if few else f"SET LOCAL hnsw.ef_search = {list_size}"))
        proposals = np.full((len(vectors), count), -1, np.int64)
        for row, vector in zip(proposals, vectors):
            near = FACES.c.vector.op("<->")(vector)
            ids = connection.scalars(select(FACES.c.id).order_by(near).limit(count)).all()
            row[: len(ids)] = ids
        return proposals


def delete_index(cache: Path) -> None:
    """Delete an index, for it holds traces of the vectors it was made of."""
    for path in (cache, sidecar(cache)):
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def _covers(connection: Connection, covered: IndexCoverage, state: GalleryState) -> bool:
    """Whether an index was made of this gallery, and none of its rows was removed since."""
    if (covered.gallery, covered.removals) != (state.gallery, state.removals):
        return False
    digest = select(FACES.c.digest).where(FACES.c.id == covered.last)
    return connection.scalar(digest) == covered.digest


def _nearest(queries: Queries, ids: Ids, vectors: Vectors, count: int) -> Proposals:
    """The nearest of vectors held in memory."""
    if not len(ids):
        return np.zeros((len(queries), 0), np.int64)
    likeness = queries @ vectors.T
    if count < len(ids):
        return ids[np.argpartition(-likeness, count - 1, axis=1)[:, :count]]
    return np.tile(ids, (len(queries), 1))
