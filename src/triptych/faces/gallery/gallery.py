"""A gallery: who is enrolled, with which photos, and who comes nearest to a face."""

import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from threading import Lock
from types import TracebackType

import numpy as np
from jaxtyping import Float32

from ...frame.dependencies import requires
from ...frame.errors import ConfigError, GalleryError
from ..calibration.calibration import Calibration
from ..embeddings import Embeddings
from ..encoders._encoder import Encoder, same_encoder

with requires("A gallery", "SQLAlchemy", "triptych[faces]"):
    from sqlalchemy import Connection, func, select, update

    from . import search, writes
    from .database import Database
    from .schema import (
        FACES,
        FACTS,
        FORMAT,
        PEOPLE,
        EnrolledPhoto,
        GalleryState,
        changed,
        fetch_photos,
        state,
    )
    from .writes import WriteCounts

WAIT = 5.0  # seconds for another process to be done with the database
FEWEST = 16  # candidates whose distance is computed exactly, and ...
EACH = 4  # ... for each person asked for: people have several photos
TOGETHER = 64  # faces looked for at a time


@dataclass(frozen=True)
class Match:
    """A person, and their photo that comes nearest; the distance is Euclidean, 0 … 2."""

    person: str
    distance: float
    photo: str


@dataclass(frozen=True)
class GalleryPerson:
    """A person in a gallery, and how many photos of them."""

    name: str
    photos: int


@dataclass(frozen=True)
class GalleryInfo:
    """What can be told of a gallery without its encoder."""

    encoder: str  # fingerprint
    size: int  # numbers in a vector
    people: int
    photos: int
    calibration: Calibration | None


class Gallery:
    """Enrolled people in a SQLite file or in PostgreSQL. Made by `open`; a context manager.

    Every call is one transaction: it is kept whole or not at all, whatever happens to the
    process, and it may be read by some and written by others at once. Every method raises
    GalleryError where the database is damaged, locked or out of reach, and WriteError where it
    cannot be written.
    """

    def __init__(self, database: Database, large: int):
        self._database = database
        self._guard = Lock()  # a gallery may be asked from several threads
        self._state: GalleryState | None = None  # as it was when faces were last looked for
        path = database.path
        self._cache = path and path.with_name(path.name + ".faiss")
        self._search = (
            search.SqliteSearch(database.name, self._cache, large)
            if self._cache
            else search.PostgresSearch(large)
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

        Raises ConfigError for another kind of address or a missing size, EncoderMismatchError where
        it was made with another encoder, GalleryError where it is missing or cannot be read.
        """
        if not isinstance(encoder, str):
            encoder, size = encoder.fingerprint, encoder.dim
        if size is None:
            raise ConfigError("Expected an encoder, or a fingerprint and the size of its vectors.")
        database = Database(url, wait=wait)
        try:
            if not database.exists():
                if not create:
                    raise _missing(database.name)
                fresh = GalleryState(FORMAT, secrets.token_hex(16), encoder, size, 0, 0, "")
                database.create(size, fresh.facts())
            with database.read_transaction() as connection:
                found = state(connection, database.name)
            same_encoder(found.encoder, encoder, f"The gallery {database.name}")
            if found.size != size:
                raise GalleryError(
                    f"{database.name} holds vectors of {found.size} numbers, the encoder makes "
                    f"{size}. Use the encoder it was made with."
                )
        except BaseException:
            database.close()
            raise
        return cls(database, large)

    @staticmethod
    def info(url: str, *, wait: float = WAIT) -> GalleryInfo:
        """What a gallery says of itself, whichever encoder it was made with."""
        database = Database(url, wait=wait)
        try:
            if not database.exists():
                raise _missing(database.name)
            with database.read_transaction() as connection:
                found = state(connection, database.name)
                people = _count(connection, PEOPLE)
                return GalleryInfo(
                    found.encoder,
                    found.size,
                    people,
                    _count(connection, FACES),
                    _calibration_of(found),
                )
        finally:
            database.close()

    def enrolled_as(self, digests: Iterable[str]) -> dict[str, str]:
        """The person with whom each photo is enrolled, by its digest; others are left out."""
        with self._database.read_transaction() as connection:
            return writes.known(connection, digests)

    def enroll(self, encodings: Embeddings, digests: Sequence[str]) -> WriteCounts:
        """Add photos to their people, who are made known as needed. A photo enrolled before stays;
        with another person than before, it is moved.

        `digests` are those of the photo files (`people.digest`). Raises DataError for vectors that
        are none and faces without a name, EncoderMismatchError for encodings of another encoder.
        """
        with self._database.write_transaction() as connection:
            now = state(connection, self._database.name)
            same_encoder(now.encoder, encodings.encoder, f"The gallery {self._database.name}")
            writes.check_embeddings(encodings, digests, now.size)
            return writes.enroll(connection, encodings, digests)

    def identify(
        self, vectors: Float32[np.ndarray, "queries size"], *, top: int = 5
    ) -> list[list[Match]]:
        """For each face the `top` people who come nearest, best first, each with their best photo.

        Whether the best is near enough is for a threshold to say.
        """
        if top < 1:
            raise ConfigError(f"Expected the number of people to name, 1 or more, got {top}.")
        answers: list[list[Match]] = []
        with self._guard, self._database.read_transaction() as connection:
            now = self._state
            if now is None or changed(connection, now):
                now = self._state = state(connection, self._database.name)
            writes.check_vectors(vectors, now.size)
            for first in range(0, len(vectors), TOGETHER):
                part = vectors[first : first + TOGETHER]
                answers += self._nearest(connection, now, part, top)
        return answers

    def remove(self, name: str) -> int:
        """Remove a person with all photos, or one photo by its name; how many photos those were.

        Raises DataError, with the nearest name, where there is neither.
        """
        with self._database.write_transaction() as connection:
            removed = writes.remove(connection, name)
        if self._cache:
            search.delete_index(self._cache)
        return removed

    def people(self) -> list[GalleryPerson]:
        """Who is enrolled, by name."""
        photos = func.count(FACES.c.id)
        asked = select(PEOPLE.c.name, photos).join(FACES).group_by(PEOPLE.c.id)
        with self._database.read_transaction() as connection:
            found = [GalleryPerson(*row) for row in connection.execute(asked)]
        return sorted(found, key=lambda person: person.name)

    @property
    def calibration(self) -> Calibration | None:
        """The threshold that goes with the gallery; setting it writes it there."""
        with self._database.read_transaction() as connection:
            return _calibration_of(state(connection, self._database.name))

    @calibration.setter
    def calibration(self, value: Calibration | None) -> None:
        with self._database.write_transaction() as connection:
            now = state(connection, self._database.name)
            if value is not None:
                same_encoder(now.encoder, value.encoder, f"The gallery {self._database.name}")
            words = "" if value is None else json.dumps(value.to_dict())
            writes.increment(connection, "changes")
            chosen = FACTS.c.name == "calibration"
            connection.execute(update(FACTS).where(chosen).values(value=words))

    def __len__(self) -> int:
        with self._database.read_transaction() as connection:
            return _count(connection, FACES)

    def close(self) -> None:
        """Let go of the database."""
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

    def _nearest(
        self,
        connection: Connection,
        now: GalleryState,
        queries: Float32[np.ndarray, "queries size"],
        top: int,
    ) -> list[list[Match]]:
        """Asks for more candidates as long as they are photos of too few people."""
        answers: list[list[Match]] = [[] for _ in queries]
        left, count = np.arange(len(queries)), max(FEWEST, EACH * top)
        while len(left):
            proposed = self._search.candidates(connection, now, queries[left], count)
            wanted = np.unique(proposed[proposed >= 0]).tolist()
            found = fetch_photos(connection, wanted, now.size, self._database.name)
            for number, ids in zip(left, proposed):
                known = [found[i] for i in set(ids.tolist()) if i in found]
                answers[number] = _ranked(queries[number], known, top)
            short = np.array([len(answers[number]) < top for number in left])
            more = (proposed >= 0).sum(1) >= count
            left, count = left[short & more], 4 * count
        return answers


def _ranked(
    query: Float32[np.ndarray, " size"], known: list[EnrolledPhoto], top: int
) -> list[Match]:
    """The nearest photo of each person, nearest person first."""
    if not known:
        return []
    apart = np.array([photo.vector for photo in known]) - query
    gaps = np.sqrt(np.einsum("ij,ij->i", apart, apart)).tolist()
    best: dict[str, Match] = {}
    for gap, photo in sorted(zip(gaps, known), key=lambda pair: (pair[0], pair[1].photo)):
        best.setdefault(photo.person, Match(photo.person, gap, photo.photo))
        if len(best) == top:
            break
    return list(best.values())


def _count(connection: Connection, table: object) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0  # type: ignore[arg-type]


def _calibration_of(now: GalleryState) -> Calibration | None:
    """The calibration kept in a gallery."""
    if not now.calibration:
        return None
    try:
        value = json.loads(now.calibration)
    except ValueError as error:
        raise GalleryError("The gallery's calibration is damaged. Calibrate anew.") from error
    return Calibration.from_json(value, "The gallery's calibration")


def _missing(name: str) -> GalleryError:
    return GalleryError(
        f"There is no gallery {name}. Enroll people first: `triptych faces enroll FOLDER "
        "--gallery GALLERY`."
    )
