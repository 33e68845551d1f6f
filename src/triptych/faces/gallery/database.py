"""The database of a gallery, SQLite or PostgreSQL: transactions, and errors in one line."""

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, exc, inspect, make_url, select

from ...frame.errors import ConfigError, GalleryError, WriteError
from ..encoders import ENCODERS
from ..encoders._encoder import Encoder, same_encoder
from ._postgres import postgres_engine, postgres_error, prepare_database, vacuum
from ._sqlite import check_file, enable_wal, sqlite_engine, sqlite_error
from .info import missing_error
from .schema import FORMAT, GalleryState, state
from .tables import FACTS, build_metadata
from .upgrade import is_old, upgrade_tables

DRIVERS = {
    "sqlite": "sqlite",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
}


class Database:
    """A SQLite file or a PostgreSQL database, under a `name` without its password.

    `path` is the file's, None in PostgreSQL. Its blocks raise GalleryError for a database that is
    missing, damaged, locked or not to be reached, WriteError where there is no right or room to
    write.
    """

    def __init__(self, url: str, *, wait: float):
        """
        Parameters:
            url: a file ("people.db", "sqlite:///people.db") or "postgresql://…".
            wait: seconds to wait for other processes, at most.

        Raises ConfigError for an address of another kind.
        """
        address = _parse_address(url)
        self.path = None
        self.wait = wait
        self.name = address.render_as_string()
        if address.drivername == "sqlite":
            self.path = Path(str(address.database)).expanduser().resolve()
            self.name = str(address.database)
        self.engine = (
            postgres_engine(address, wait) if self.path is None else sqlite_engine(self.path, wait)
        )

    def exists(self) -> bool:
        """Whether there is a gallery in it. Raises GalleryError for a file of another kind."""
        if self.path is not None and not check_file(self.path, self.name):
            return False
        with self._translate_errors(), self.engine.connect() as connection:
            names = inspect(connection).get_table_names()
        if self.path and names and FACTS.name not in names:
            raise GalleryError(f"{self.name} is a database of something else. Choose another name.")
        return FACTS.name in names

    def create(self, dim: int, facts: list[dict[str, str]]) -> None:
        """Make the tables, unless another process was faster.

        Parameters:
            dim: numbers in a vector.
            facts: the rows of the table of facts, as `GalleryState.facts` gives them.
        """
        if self.path is not None:
            if not self.path.parent.is_dir():
                raise WriteError(f"Cannot write {self.name}: there is no such folder. Make it.")
            with self._translate_errors():
                enable_wal(self.path, self.wait)
        with self.write_transaction() as connection:
            if self.path is None:
                prepare_database(connection)
            if FACTS.name not in inspect(connection).get_table_names():
                build_metadata(dim, self.engine.dialect.name).create_all(connection)
                connection.execute(FACTS.insert(), facts)

    def upgrade(self) -> None:
        """Bring a gallery that an older triptych made up to date. Its people and photos stay.

        Raises WriteError where it cannot be written, GalleryError where it holds what none can."""
        with self.read_transaction() as connection:
            if not is_old(connection):
                return
        try:
            with self.write_transaction() as connection:
                if self.path is None:
                    prepare_database(connection)  # one process at a time
                upgrade_tables(connection)
        except exc.IntegrityError as error:
            raise GalleryError(
                f"{self.name} is damaged: {error.orig}. Put a whole copy there."
            ) from error
        except WriteError as error:
            raise WriteError(
                f"{self.name} was made by an older triptych and is to be brought up to date first: "
                f"{str(error).rstrip('.')}. Open it once where it can be written."
            ) from error

    @contextmanager
    def read_transaction(self) -> Iterator[Connection]:
        """A block that sees one state of the gallery, whoever writes meanwhile."""
        with self._translate_errors(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def write_transaction(self) -> Iterator[Connection]:
        """A block whose writes are kept whole, or not at all if it fails. One writes at a time."""
        writer = self.engine.execution_options(writes=True)
        with self._translate_errors(), writer.begin() as connection:
            yield connection

    def vacuum(self, tenant: str) -> None:
        """Take removed rows of a `tenant` out of PostgreSQL's index, where they slow searches down
        until its own daemon does that. Where there is no right to, nothing is done."""
        if self.path is None:
            vacuum(self.engine, tenant)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    @contextmanager
    def _translate_errors(self) -> Iterator[None]:
        try:
            yield
        except exc.DBAPIError as error:
            translate = sqlite_error if self.path else postgres_error
            raise translate(error.orig, self.name, self.wait) or error from error
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise sqlite_error(error, self.name, self.wait) or error from error


def open_database(
    url: str, encoder: str | None, size: int | None, *, create: bool, wait: float
) -> Database:
    """The database of a gallery, up to date.

    Parameters:
        url: as `Database` takes it.
        encoder: fingerprint of the encoder its vectors are made with; None for its own.
        size: numbers in a vector; None for its own.
        create: make the gallery where there is none.
        wait: seconds to wait for other processes, at most.

    Raises EncoderMismatchError where it was made with another encoder, GalleryError where it is
    missing or cannot be read, ConfigError where it is to be made for no encoder.
    """
    database = Database(url, wait=wait)
    try:
        if not database.exists():
            if not create:
                raise missing_error(database.name)
            encoder, size = _check_encoder(encoder, size)
            fresh = GalleryState(FORMAT, secrets.token_hex(16), encoder, size, 0, 0, "")
            database.create(size, fresh.facts())
        database.upgrade()
        with database.read_transaction() as connection:
            stored = state(connection, database.name)
        if encoder is not None:
            same_encoder(stored.encoder, encoder, f"The gallery {database.name}")
        if size is not None and stored.size != size:
            raise GalleryError(
                f"{database.name} holds vectors of {stored.size} numbers, the encoder makes "
                f"{size}. Use the encoder it was made with."
            )
    except BaseException:
        database.close()
        raise
    return database


def gallery_encoder_name(url: str, *, wait: float = 5.0) -> str | None:
    """The registered name of the encoder that a gallery was made with: "mobilefacenet".

    None where there is no gallery yet, and for encoders that have no name of their own, such as
    runs and ONNX files.

    Parameters:
        url: as `Database` takes it.
        wait: seconds to wait for other processes, at most.

    Raises GalleryError where the gallery cannot be read.
    """
    database = Database(url, wait=wait)
    try:
        if not database.exists():
            return None
        with database.read_transaction() as connection:
            made_with = connection.scalar(select(FACTS.c.value).where(FACTS.c.name == "encoder"))
    finally:
        database.close()
    name = str(made_with).rpartition("-")[0]  # a fingerprint is a name and a checksum
    if name not in ENCODERS:
        return None
    is_of_file = ENCODERS[name].reads.__func__ is not Encoder.reads.__func__
    return None if is_of_file else name


def _check_encoder(encoder: str | None, size: int | None) -> tuple[str, int]:
    """What a gallery is made for. Raises ConfigError before anything is written."""
    if not isinstance(encoder, str) or not encoder or not isinstance(size, int) or size < 1:
        raise ConfigError(
            "A gallery is made for an encoder: expected one, or a fingerprint and the size of its "
            f"vectors, got {encoder!r} and {size!r}."
        )
    if encoder in ENCODERS:
        raise ConfigError(
            f"Expected an encoder or its fingerprint, got the name '{encoder}'. Give "
            f'load_encoder("{encoder}").'
        )
    return encoder, size


def _parse_address(url: str) -> URL:
    """Where it is. A plain path is SQLite's. Raises ConfigError for other kinds of database."""
    if "://" not in url:
        return URL.create("sqlite", database=url)
    try:
        address = make_url(url)
    except (exc.ArgumentError, ValueError) as error:
        raise ConfigError(
            f"'{url}' is no address of a database. Write sqlite:///people.db or postgresql://…"
        ) from error
    driver = DRIVERS.get(address.drivername.removesuffix("+psycopg"))
    if driver is None:
        raise ConfigError(
            f"Expected a gallery in sqlite:///people.db or postgresql://…, got "
            f"'{address.drivername}://'. Choose one of these."
        )
    address = address.set(drivername=driver)
    if driver == "sqlite" and address.database in (None, "", ":memory:"):
        raise ConfigError("Expected a file for the gallery, got none. Write sqlite:///people.db.")
    return address
