"""A gallery in a SQLite file: the engine, checks of the file, and its errors in one line."""

import os
import sqlite3
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event

from ...frame.errors import GalleryError, WriteError
from ...frame.storage.files import os_error_reason

MAGIC = b"SQLite format 3\0"
CHECKS = 5  # looks at a file before it is called damaged


def sqlite_engine(path: Path, wait: float) -> Engine:
    """An engine whose transactions see one state, and of which one writes at a time.

    Parameters:
        path: the file, which need not be there yet.
        wait: seconds to wait for other processes, at most.
    """

    def connect() -> sqlite3.Connection:
        return _connect(path, wait)

    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def enable_wal(path: Path, wait: float) -> None:
    """Let readers read while one writes. The file remembers it.

    Parameters:
        path: the file, which is made where it is missing.
        wait: seconds to wait for other processes, at most.
    """
    connection = _connect(path, wait)
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


def check_file(path: Path, name: str) -> bool:
    """Whether the file is there and not empty.

    Parameters:
        path: the file.
        name: what errors call it.

    Raises GalleryError where it is no SQLite database, or not a whole one.
    """
    size, expected = _sizes(path, name)
    for _ in range(CHECKS):
        if size >= expected or _log_size(path):
            break
        sleep(0.02)  # perhaps another process is just closing it
        size, expected = _sizes(path, name)
    else:
        raise GalleryError(
            f"{name} is damaged: expected {expected} bytes, found {size}. Put a whole copy there."
        )
    return size > 0


def _sizes(path: Path, name: str) -> tuple[int, int]:
    """Bytes of a file, 0 where there is none, and how many its head says it has."""
    try:
        with path.open("rb") as file:
            head = file.read(100)
            size = os.fstat(file.fileno()).st_size
    except FileNotFoundError:
        return 0, 0
    except OSError as error:
        raise GalleryError(f"Cannot read the gallery {name}: {os_error_reason(error)}.") from error
    if size and not head.startswith(MAGIC):
        raise GalleryError(f"{name} is no gallery: it is no SQLite database. Choose another name.")
    page = int.from_bytes(head[16:18], "big")
    return size, int.from_bytes(head[28:32], "big") * (65536 if page == 1 else page)


def sqlite_error(error: Any, name: str, wait: float) -> Exception | None:
    """What to raise for an error of SQLite; None where it is a fault of ours.

    Parameters:
        error: a `sqlite3.Error`, or the `UnicodeDecodeError` of text that is none.
        name: what the message calls the gallery.
        wait: the seconds that were waited for other processes.
    """
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest tells details
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return locked_error(name, wait)
    undecodable = not code and isinstance(error, sqlite3.OperationalError | UnicodeDecodeError)
    if undecodable or code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR):
        return GalleryError(f"{name} is damaged: {error}. Put a whole copy there.")
    if code in (sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISUSE, 0):
        return None
    return WriteError(f"Cannot write {name}: {error}.")


def locked_error(name: str, wait: float) -> GalleryError:
    """The error for a database, `name`, that others held for more than `wait` seconds."""
    return GalleryError(
        f"{name} is locked by another process, and was so for {wait:g} s. "
        "Try again when that one is done."
    )


def _connect(path: Path, wait: float) -> sqlite3.Connection:
    # In a folder that cannot be written, nobody writes: SQLite need not keep its shared memory
    # file there.
    immutable = not _is_writable(path) and not _log_size(path)
    address = f"{path.as_uri()}?{'immutable=1' if immutable else 'mode=rwc'}"
    connection = sqlite3.connect(
        address, uri=True, timeout=wait, isolation_level=None, check_same_thread=False
    )
    connection.execute("PRAGMA synchronous = NORMAL")  # whole after a kill, and after a power cut
    connection.execute("PRAGMA secure_delete = ON")  # who is removed leaves no vectors behind
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _is_writable(path: Path) -> bool:
    exists = path.exists()
    return os.access(path.parent, os.W_OK) and (not exists or os.access(path, os.W_OK))


def _log_size(path: Path) -> int:
    """Bytes of the write-ahead log that are not yet in the file."""
    try:
        return path.with_name(path.name + "-wal").stat().st_size
    except OSError:
        return 0
