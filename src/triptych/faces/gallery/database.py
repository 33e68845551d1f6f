"""The database a gallery lives in: opened, read and written, its refusals told in one line."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    QueuePool,
    create_engine,
    event,
    exc,
    inspect,
    make_url,
    text,
)

from ...frame.dependencies import requires
from ...frame.errors import ConfigError, GalleryError, WriteError
from ...frame.storage.files import os_error_reason
from .schema import FACTS, build_metadata

KINDS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
MAGIC = b"SQLite format 3\0"
ADVISORY_LOCK = 7_230_191  # a number of our own: who holds its lock in PostgreSQL makes the tables


class Database:
    """A SQLite file or a PostgreSQL database, under a `name` without its password.

    `path` is the file's, None in PostgreSQL. Nothing waits longer than `wait` seconds for others.
    Its blocks raise GalleryError for a database that is missing, damaged, locked or not to be
    reached, WriteError where there is no right or room to write.
    """

    def __init__(self, url: str, *, wait: float):
        address = _address(url)
        self.path = None
        self.wait = wait
        self.name = address.render_as_string()
        if address.drivername == "sqlite":
            self.path = Path(str(address.database)).expanduser().resolve()
            self.name = str(address.database)
        self.engine = _postgresql(address, wait) if self.path is None else _sqlite(self.path, wait)

    @property
    def writable(self) -> bool:
        """Whether this process may write there, as far as one can tell beforehand."""
        return self.path is None or _writable(self.path)

    def exists(self) -> bool:
        """Whether there is a gallery in it. Raises GalleryError for a file of another kind."""
        if self.path is not None and not _check_file(self.path, self.name):
            return False
        with self._translate_errors(), self.engine.connect() as connection:
            names = inspect(connection).get_table_names()
        if self.path and names and FACTS.name not in names:
            raise GalleryError(f"{self.name} is a database of something else. Choose another name.")
        return FACTS.name in names

    def create(self, size: int, facts: list[dict[str, str]]) -> None:
        """Make the tables, unless another process was faster."""
        if self.path is not None:
            if not self.path.parent.is_dir():
                raise WriteError(f"Cannot write {self.name}: there is no such folder. Make it.")
            with self._translate_errors():
                _prepare(self.path, self.wait)
        with self.write_transaction() as connection:
            if self.path is None:
                connection.execute(text(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"))
                connection.execute(text("CREATE EXTENSION IF NOT EXISTS vector"))
            if FACTS.name not in inspect(connection).get_table_names():
                build_metadata(size).create_all(connection)
                connection.execute(FACTS.insert(), facts)

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

    def close(self) -> None:
        """Let go of the file or the server."""
        self.engine.dispose()

    @contextmanager
    def _translate_errors(self) -> Iterator[None]:
        try:
            yield
        except exc.DBAPIError as error:
            slip = _sqlite_error if self.path else _postgres_error
            raise slip(error.orig, self.name, self.wait) or error from error
        except sqlite3.Error as error:
            raise _sqlite_error(error, self.name, self.wait) or error from error


def _address(url: str) -> URL:
    """Where it is. A plain path is SQLite's. Raises ConfigError for other kinds of database."""
    if "://" not in url:
        return URL.create("sqlite", database=url)
    try:
        address = make_url(url)
    except (exc.ArgumentError, ValueError) as error:
        raise ConfigError(
            f"'{url}' is no address of a database. Write sqlite:///people.db or postgresql://…"
        ) from error
    kind = KINDS.get(address.drivername.removesuffix("+psycopg"))
    if kind is None:
        raise ConfigError(
            f"Expected a gallery in sqlite:///people.db or postgresql://…, got "
            f"'{address.drivername}://'. Choose one of these."
        )
    address = address.set(drivername=kind)
    if kind == "sqlite" and address.database in (None, "", ":memory:"):
        raise ConfigError("Expected a file for the gallery, got none. Write sqlite:///people.db.")
    return address


def _postgresql(address: URL, wait: float) -> Engine:
    with requires("A gallery in PostgreSQL", "psycopg and pgvector", "triptych[postgres]"):
        import pgvector.sqlalchemy  # noqa: F401
        import psycopg  # noqa: F401
    engine = create_engine(address, connect_args={"connect_timeout": max(2, round(wait))})

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("writes"):
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {round(1000 * wait)}")
        else:
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")

    return engine


def _sqlite(path: Path, wait: float) -> Engine:
    def connect() -> sqlite3.Connection:
        return _connected(path, wait)

    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _connected(path: Path, wait: float) -> sqlite3.Connection:
    # In a folder that cannot be written, nobody writes: SQLite need not keep its shared memory
    # file there.
    immutable = not _writable(path) and not _wal(path)
    address = f"{path.as_uri()}?{'immutable=1' if immutable else 'mode=rwc'}"
    connection = sqlite3.connect(
        address, uri=True, timeout=wait, isolation_level=None, check_same_thread=False
    )
    connection.execute("PRAGMA synchronous = NORMAL")  # whole after a kill, and after a power cut
    connection.execute("PRAGMA secure_delete = ON")  # who is removed leaves no vectors behind
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _prepare(path: Path, wait: float) -> None:
    """Let readers read while one writes. The file remembers it."""
    connection = _connected(path, wait)
    deadline = monotonic() + wait
    try:
        while True:
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError:  # SQLite itself does not wait here for others
                if monotonic() > deadline:
                    raise
                sleep(0.01)
    finally:
        connection.close()


def _writable(path: Path) -> bool:
    there = path.exists()
    return os.access(path.parent, os.W_OK) and (not there or os.access(path, os.W_OK))


def _wal(path: Path) -> int:
    """Bytes of the log that is not yet in the file."""
    log = path.with_name(path.name + "-wal")
    return log.stat().st_size if log.exists() else 0


def _check_file(path: Path, name: str) -> bool:
    """Whether the file is there and not empty. Raises GalleryError where it is no whole
    database."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(100)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise GalleryError(f"Cannot read the gallery {name}: {os_error_reason(error)}.") from error
    if size and not head.startswith(MAGIC):
        raise GalleryError(f"{name} is no gallery: it is no SQLite database. Choose another name.")
    page = int.from_bytes(head[16:18], "big")
    expected = int.from_bytes(head[28:32], "big") * (65536 if page == 1 else page)
    if size < expected and not _wal(path):
        raise GalleryError(
            f"{name} is damaged: expected {expected} bytes, found {size}. Put a whole copy there."
        )
    return size > 0


def _sqlite_error(error: Any, name: str, wait: float) -> Exception | None:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest tells details
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return _locked(name, wait)
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR):
        return GalleryError(f"{name} is damaged: {error}. Put a whole copy there.")
    if code in (sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISUSE, 0):
        return None
    return WriteError(f"Cannot write {name}: {error}.")


def _postgres_error(error: Any, name: str, wait: float) -> Exception | None:
    code = getattr(error, "sqlstate", None)
    said = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    if code == "55P03":  # lock_not_available
        return _locked(name, wait)
    if code is None or code.startswith(("08", "57P", "28", "3D")):  # connection, shutdown, role
        return GalleryError(f"Cannot reach the gallery {name}: {said}.")
    if code.startswith(("42501", "25006", "53")):  # rights, read-only, no room
        return WriteError(f"Cannot write {name}: {said}.")
    if code in ("0A000", "58P01") and "vector" in said:
        return GalleryError(f"The server of {name} lacks pgvector. Install it there.")
    if code.startswith("42") or code == "XX001":  # tables are not as we made them
        return GalleryError(f"{name} is damaged: {said}. Enroll its people anew.")
    return None


def _locked(name: str, wait: float) -> GalleryError:
    return GalleryError(
        f"{name} is locked by another process, and was so for {wait:g} s. "
        "Try again when that one is done."
    )
