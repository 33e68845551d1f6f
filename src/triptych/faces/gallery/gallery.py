"""A gallery: who is enrolled, with which photos, and who comes nearest to a face."""

import json
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from threading import Lock
from types import TracebackType

import numpy as np
from jaxtyping import Float32

from ...frame.dependencies import requires
from ...frame.errors import ConfigError
from ..calibration.calibration import Calibration
from ..embeddings import Embeddings
from ..encoders._encoder import Encoder, same_encoder

with requires("A gallery", "SQLAlchemy", "triptych[faces]"):
    from sqlalchemy import Connection, update

    from . import search, writes
    from .database import Database, open_database
    from .info import (
        GalleryInfo,
        GalleryPerson,
        calibration_of,
        count_rows,
        list_people,
        missing_error,
        read_info,
    )
    from .matches import Match, nearest_people
    from .postgres_search import PostgresSearch
    from .schema import FACES, FACTS, GalleryState, changed, state
    from .writes import WriteCounts

WAIT = 5.0  # seconds for another process to be done with the database
CHUNK = 64  # faces looked for at a time
VACUUM_FROM = (
    1000  # rows removed, and a hundredth of all at least, from which on VACUUM is worth it
)


class Gallery:
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
        self.database = self._database = database
        self.tenant = tenant
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
        encoder: str | Encoder,
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
            encoder: the encoder its vectors are made with, or the fingerprint of one.
            size: numbers in a vector; needed beside a fingerprint alone.
            create: make it where there is none.
            wait: seconds to wait for other processes, at most.
            large: from so many photos on, an index is searched instead of every photo.
            tenant: whose people: a tenant never sees another's. All share encoder and threshold.

        Raises ConfigError for another kind of address or a missing size, EncoderMismatchError where
        it was made with another encoder, GalleryError where it is missing or cannot be read.
        """
        if not isinstance(encoder, str):
            encoder, size = encoder.fingerprint, encoder.dim
        if size is None:
            raise ConfigError("Expected an encoder, or a fingerprint and the size of its vectors.")
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

    def enrolled_as(self, digests: Iterable[str]) -> dict[str, str]:
        """The person with whom each photo is enrolled, by its digest; others are left out."""
        with self._database.read_transaction() as connection:
            return writes.enrolled_people(connection, digests, self.tenant)

    def enroll(
        self,
        embeddings: Embeddings,
        digests: Sequence[str],
        *,
        connection: Connection | None = None,
    ) -> WriteCounts:
        """Add photos to their people, who are added as needed. A photo enrolled before stays; with
        another person than before, it is moved.

        Parameters:
            embeddings: a row for each photo, with its name and identity.
            digests: the hash of each photo's file, as `photos.identity_folder.content_hash`.
            connection: in a write transaction of this gallery's database that this is to be part
                of; by default it is one of its own.

        Raises DataError for vectors that are not of unit length and faces without a name,
        EncoderMismatchError for embeddings of another encoder.
        """
        own = self._database.write_transaction() if connection is None else nullcontext(connection)
        with own as connection:
            now = state(connection, self._database.name)
            same_encoder(now.encoder, embeddings.encoder, f"The gallery {self._database.name}")
            writes.check_embeddings(embeddings, digests, now.size)
            return writes.enroll(connection, embeddings, digests, self.tenant)

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
        with self._guard, self._database.read_transaction() as connection:
            now = self._state
            if now is None or changed(connection, now):
                now = self._state = state(connection, self._database.name, self.tenant)
            writes.check_vectors(vectors, now.size)
            for first in range(0, len(vectors), CHUNK):
                chunk = vectors[first : first + CHUNK]
                answers += nearest_people(
                    connection, self._search, now, chunk, top, self._database.name
                )
        return answers

    def remove(self, name: str) -> int:
        """Remove a person with all photos, or one photo by its name; how many photos those were.

        Raises DataError, with the nearest name, where there is neither.
        """
        with self._database.write_transaction() as connection:
            removed = writes.remove(connection, name, self.tenant)
        if self._cache:
            search.delete_index(self._cache)
        self._removed += removed
        if self._removed >= max(VACUUM_FROM, len(self) // 100):
            self._database.vacuum(self.tenant)
            self._removed = 0
        return removed

    def people(self) -> list[GalleryPerson]:
        """Who is enrolled, by name."""
        with self._database.read_transaction() as connection:
            return list_people(connection, self.tenant)

    @property
    def calibration(self) -> Calibration | None:
        """The threshold that goes with the gallery; setting it writes it there."""
        with self._database.read_transaction() as connection:
            return calibration_of(state(connection, self._database.name))

    @calibration.setter
    def calibration(self, value: Calibration | None) -> None:
        with self._database.write_transaction() as connection:
            now = state(connection, self._database.name)
            if value is not None:
                same_encoder(now.encoder, value.encoder, f"The gallery {self._database.name}")
            record = "" if value is None else json.dumps(value.to_dict())
            writes.increment(connection, "changes")
            row = FACTS.c.name == "calibration"
            connection.execute(update(FACTS).where(row).values(value=record))

    def __len__(self) -> int:
        with self._database.read_transaction() as connection:
            return count_rows(connection, FACES, self.tenant)

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def __enter__(self) -> "Gallery":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
