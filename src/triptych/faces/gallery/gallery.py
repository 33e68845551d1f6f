"""A gallery: who is enrolled, with which photos, and who comes nearest to a face."""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from threading import Lock
from types import TracebackType
from typing import Any

import numpy as np
from jaxtyping import Float32

from ...frame.dependencies import requires
from ...frame.errors import ConfigError
from ..embeddings import Embeddings
from ..encoders._encoder import Encoder, same_encoder

with requires("A gallery", "SQLAlchemy", "triptych[faces]"):
    from sqlalchemy import Connection

    from . import search, writes
    from .database import Database, open_database
    from .enrollment.plan import SharedPolicy, WriteCounts, face_rows
    from .enrollment.records import GalleryRecords
    from .enrollment.write import enroll_faces
    from .info import GalleryInfo, missing_error, read_info
    from .matches import Match, nearest_people
    from .postgres_search import PostgresSearch
    from .schema import GalleryState, changed, state

WAIT = 5.0  # seconds for another process to be done with the database
CHUNK = 64  # faces looked for at a time
VACUUM_FROM = (
    1000  # rows removed, and a hundredth of all at least, from which on VACUUM is worth it
)


class Gallery(GalleryRecords):
    """Enrolled people in a SQLite file or in PostgreSQL. Made by `open`; a context manager.

    Every call is one transaction: it is kept whole or not at all, whatever happens to the
    process, and it may be read by some and written by others at once. Every method raises
    GalleryError where the database is damaged, locked or out of reach, and WriteError where it
    cannot be written.
    """

    def __init__(self, database: Database, large: int, tenant: str):
        """
        Parameters:
            database: one that holds a gallery.
            large: from so many photos on, an index is searched instead of every photo.
            tenant: whose people.
        """
        super().__init__(database, tenant)
        self._guard = Lock()  # a gallery may be asked from several threads
        self._state: GalleryState | None = None  # as it was when faces were last looked for
        self._removed = 0  # rows, since PostgreSQL was last told to clean up
        path = database.path
        self._cache = path and path.with_name(f"{path.name}{search.tenant_suffix(tenant)}.faiss")
        self._search = (
            search.SqliteSearch(database.name, self._cache, large)
            if self._cache
            else PostgresSearch(large)
        )

    @classmethod
    def open(
        cls,
        url: str,
        *,
        encoder: str | Encoder | None = None,
        size: int | None = None,
        create: bool = False,
        wait: float = WAIT,
        large: int = search.LARGE,
        tenant: str = "",
    ) -> "Gallery":
        """Open a gallery, or make one.

        Parameters:
            url: a file ("people.db", "sqlite:///people.db"), or a database with pgvector
                ("postgresql://…").
            encoder: the encoder its vectors are made with, or the fingerprint of one; by default
                that of the gallery, which must be there.
            size: numbers in a vector; needed beside a fingerprint to make a gallery.
            create: make it where there is none.
            wait: seconds to wait for other processes, at most.
            large: from so many photos on, an index is searched instead of every photo.
            tenant: whose people: a tenant never sees another's. All share encoder and threshold.

        Raises ConfigError for another kind of address or a gallery to be made without an encoder,
        EncoderMismatchError where it was made with another encoder, GalleryError where it is
        missing or cannot be read.
        """
        if encoder is not None and not isinstance(encoder, str):
            encoder, size = encoder.fingerprint, encoder.dim
        writes.check_tenant(tenant)
        return cls(open_database(url, encoder, size, create=create, wait=wait), large, tenant)

    @staticmethod
    def info(url: str, *, wait: float = WAIT, tenant: str = "") -> GalleryInfo:
        """What a gallery says of itself, whichever encoder it was made with.

        Parameters:
            url: as `open` takes it.
            wait: seconds to wait for other processes, at most.
            tenant: whose people and photos are counted.
        """
        writes.check_tenant(tenant)
        database = Database(url, wait=wait)
        try:
            if not database.exists():
                raise missing_error(database.name)
            database.upgrade()
            with database.read_transaction() as connection:
                return read_info(connection, database.name, tenant)
        finally:
            database.close()

    def enroll(
        self,
        embeddings: Embeddings,
        digests: Sequence[str],
        *,
        faces: Sequence[int] | None = None,
        qualities: Sequence[float | None] | None = None,
        settings: Mapping[str, Any] | None = None,
        source: str = "",
        shared: SharedPolicy | Sequence[SharedPolicy] = "move",
        connection: Connection | None = None,
    ) -> WriteCounts:
        """Add photos to their people, who are added as needed. A photo enrolled before stays, or is
        replaced where it was read otherwise.

        Parameters:
            embeddings: a row for each photo, with its name and identity.
            digests: the hash of each photo's file, as `photos.identity_folder.content_hash`.
            faces: which face of its photo each is, 0 for the largest.
            qualities: of each face, 0 … 1.
            settings: how the photos were read, of JSON's types; None where that is not known.
            source: the folder or zip they lie in, "" where that is not known.
            shared: what becomes of a photo that is another person's in the gallery, for all or
                each: "move", "keep" it under both, or "refuse".
            connection: in a write transaction of this gallery's database that this is to be part
                of; by default it is one of its own.

        Raises DataError for vectors that are not of unit length, faces without a name and one face
        of two people, EncoderMismatchError for embeddings of another encoder.
        """
        own = self.database.write_transaction() if connection is None else nullcontext(connection)
        with own as connection:
            now = state(connection, self.database.name)
            same_encoder(now.encoder, embeddings.encoder, f"The gallery {self.database.name}")
            writes.check_embeddings(embeddings, digests, now.size)
            rows = face_rows(embeddings, digests, faces, qualities, shared)
            origin = {"settings": settings, "source": source, "tenant": self.tenant}
            counts = enroll_faces(connection, embeddings, rows, **origin)
        if isinstance(own, nullcontext):
            return counts  # it is not written yet
        self.forget_removed(counts.renewed)
        return counts

    def identify(
        self, vectors: Float32[np.ndarray, "queries size"], *, top: int = 5
    ) -> list[list[Match]]:
        """For each face the nearest people, best first, each with their nearest photo.

        Whether the best is near enough is for a threshold to say.

        Parameters:
            vectors: of unit length, (N, D).
            top: how many people to name for each.
        """
        if top < 1:
            raise ConfigError(f"Expected the number of people to name, 1 or more, got {top}.")
        answers: list[list[Match]] = []
        with self._guard, self.database.read_transaction() as connection:
            now = self._state
            if now is None or changed(connection, now):
                now = self._state = state(connection, self.database.name, self.tenant)
            writes.check_vectors(vectors, now.size)
            for first in range(0, len(vectors), CHUNK):
                chunk = vectors[first : first + CHUNK]
                answers += nearest_people(
                    connection, self._search, now, chunk, top, self.database.name
                )
        return answers

    def remove(self, name: str) -> int:
        """Remove a person with all photos, or one photo by its name; how many photos those were.

        Raises DataError, with the nearest name, where there is neither.
        """
        with self.database.write_transaction() as connection:
            removed = writes.remove(connection, name, self.tenant)
        self.forget_removed(removed)
        return removed

    def forget_removed(self, count: int) -> None:
        """Delete the index, which holds traces of removed vectors; PostgreSQL cleans up its own.

        Parameters:
            count: rows that were removed.
        """
        if not count:
            return
        if self._cache:
            search.delete_index(self._cache)
        self._removed += count
        if self._removed >= max(VACUUM_FROM, len(self) // 100):
            self.database.vacuum(self.tenant)
            self._removed = 0

    def close(self) -> None:
        """Close the database."""
        self.database.close()

    def __enter__(self) -> "Gallery":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
