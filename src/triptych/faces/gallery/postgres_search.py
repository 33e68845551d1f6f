"""Which enrolled photos may be nearest in PostgreSQL: pgvector's HNSW index, or every row."""

import json

import numpy as np
from sqlalchemy import Connection, TextClause, func, select, text

from .schema import GalleryState
from .search import Proposals, Queries
from .tables import FACES, MAX_INDEXED

EF_SEARCH = 400  # candidates kept while the index is searched; pgvector's 40 miss too many ...
MAX_EF_SEARCH = 1000  # ... and it takes no more than this
ITERATIVE_FROM = (0, 8)  # pgvector's first release that goes on where too few rows are left
# Removed rows stay in the index until VACUUM, and fill the candidates. An iterative scan goes on
# behind them, in no strict order, for distances are computed anew; and it gives up after so many
# rows, or so many times work_mem.
ITERATIVE = (
    "SET LOCAL hnsw.iterative_scan = relaxed_order; SET LOCAL hnsw.max_scan_tuples = 20000; "
    "SET LOCAL hnsw.scan_mem_multiplier = 4"
)
# One round trip for all queries: each is answered by a search of its own, here called near.
_EACH = """
SELECT query.number, near.id
FROM unnest(CAST(:vectors AS vector[])) WITH ORDINALITY AS query(vector, number)
CROSS JOIN LATERAL ({}) AS near
ORDER BY query.number
"""
_NEAREST = "SELECT id FROM triptych_faces WHERE tenant = :tenant ORDER BY {} LIMIT :count"
_EXACT = text(_EACH.format(_NEAREST.format("triptych_faces.vector <-> query.vector")))
_BY_PERSON = text(
    _EACH.format(
        """
SELECT id FROM (
    SELECT DISTINCT ON (person) id, triptych_faces.vector <-> query.vector AS distance
    FROM triptych_faces WHERE tenant = :tenant ORDER BY person, distance
) AS best ORDER BY distance LIMIT :count
"""
    )
)
VERSION = text("SELECT extversion FROM pg_extension WHERE extname = 'vector'")


def indexed_distance(size: int) -> str:
    """The distance that the index has, of vectors of so many numbers (`size`), as SQL.

    It is that of half precision; candidates are ranked by the vectors themselves."""
    return f"triptych_faces.vector::halfvec({size}) <-> query.vector::halfvec({size})"


class PostgresSearch:
    """Proposes ids of photos in PostgreSQL, whose own index is always in step; the caller looks
    them up. Where the index cannot propose as many as there are, every row is compared."""

    def __init__(self, large: int):
        """`large`: from so many photos on the index is used."""
        self.large = large
        self._iterative: bool | None = None
        self._few: tuple[tuple[str, int, str], bool] | None = None

    def candidates(
        self, connection: Connection, state: GalleryState, vectors: Queries, count: int
    ) -> Proposals:
        """Ids of about the nearest photos of each query, (N, K), in no order; −1 stands for none,
        and where one is there are no more photos.

        Parameters:
            connection: in a transaction.
            state: of the gallery, in this transaction.
            vectors: the queries, of unit length, (N, D).
            count: how many are wanted for each.
        """
        if state.size > MAX_INDEXED or self._is_small(connection, state):
            return self._ask(connection, _EXACT, vectors, count, state.tenant)
        self._configure(connection, count)
        indexed = text(_EACH.format(_NEAREST.format(indexed_distance(state.size))))
        proposals = self._ask(connection, indexed, vectors, count, state.tenant)
        short = np.flatnonzero((proposals < 0).any(1))
        if len(short):
            proposals[short] = self._ask(connection, _EXACT, vectors[short], count, state.tenant)
        return proposals

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
        return self._ask(connection, _BY_PERSON, vectors, top, state.tenant)

    def _ask(
        self, connection: Connection, query: TextClause, vectors: Queries, count: int, tenant: str
    ) -> Proposals:
        proposals = np.full((len(vectors), count), -1, np.int64)
        packed = [json.dumps(vector) for vector in vectors.tolist()]
        rows = connection.execute(
            query, {"vectors": packed, "count": count, "tenant": tenant}
        ).all()
        if rows:
            queries, ids = np.array(rows, np.int64).T
            first = np.searchsorted(queries, queries)  # rows of one query stand together
            proposals[queries - 1, np.arange(len(ids)) - first] = ids
        return proposals

    def _is_small(self, connection: Connection, state: GalleryState) -> bool:
        """Whether looking at every row is as quick; counted once for each state of the gallery."""
        key = state.gallery, state.changes, state.tenant
        if self._few is None or self._few[0] != key:
            mine = select(FACES.c.id).where(FACES.c.tenant == state.tenant)
            some = mine.limit(self.large + 1).subquery()
            count = connection.scalar(select(func.count()).select_from(some)) or 0
            self._few = key, count <= self.large
        return self._few[1]

    def _configure(self, connection: Connection, count: int) -> None:
        """Tell pgvector how thoroughly to search, until the transaction ends."""
        list_size = min(MAX_EF_SEARCH, max(EF_SEARCH, count))
        connection.execute(text(f"SET LOCAL hnsw.ef_search = {list_size}"))
        if self._iterative is None:
            version = str(connection.scalar(VERSION) or "0.0").split(".")
            self._iterative = tuple(map(int, version[:2])) >= ITERATIVE_FROM
        if self._iterative:
            connection.execute(text(ITERATIVE))
