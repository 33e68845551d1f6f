"""Where a gallery lives: addresses, transactions, and errors in one line."""

import sqlite3
from pathlib import Path

import pytest

from triptych.faces.gallery._postgres import postgres_error
from triptych.faces.gallery._sqlite import check_file, sqlite_error
from triptych.faces.gallery.database import Database
from triptych.faces.gallery.schema import FACTS, FORMAT, GalleryState
from triptych.frame.errors import ConfigError, GalleryError, WriteError

FACTS_OF_ONE = GalleryState(FORMAT, "g", "test", 2, 0, 0, "").facts()


@pytest.fixture
def database(tmp_path: Path):
    opened = Database(str(tmp_path / "people.db"), wait=0.1)
    yield opened
    opened.close()


def test_it_is_there_once_it_is_made(database: Database):
    assert not database.exists()
    database.create(2, FACTS_OF_ONE)
    assert database.exists()
    database.create(2, [{"name": "other", "value": "x"}])  # another process was faster
    with database.read_transaction() as connection:
        assert len(connection.execute(FACTS.select()).all()) == len(FACTS_OF_ONE)


def test_a_transaction_that_fails_leaves_nothing(database: Database):
    database.create(2, FACTS_OF_ONE)
    with pytest.raises(ZeroDivisionError), database.write_transaction() as connection:
        connection.execute(FACTS.delete())
        raise ZeroDivisionError
    with database.read_transaction() as connection:
        assert connection.execute(FACTS.select()).all()


def test_two_cannot_write_at_once(database: Database, tmp_path: Path):
    database.create(2, FACTS_OF_ONE)
    other = Database(f"sqlite:///{tmp_path / 'people.db'}", wait=0.05)
    with (
        database.write_transaction(),
        pytest.raises(GalleryError, match=r"locked by another process, and was so for 0\.05 s"),
        other.write_transaction(),
    ):
        pass
    other.close()


@pytest.mark.parametrize("url", ["mysql://h/d", "sqlite://", "://"])
def test_another_kind_of_address_is_refused(url: str):
    with pytest.raises(ConfigError):
        Database(url, wait=1)


def test_the_name_has_no_password():
    pytest.importorskip("psycopg")
    database = Database("postgres://me:secret@host/people", wait=1)
    assert "secret" not in database.name and database.path is None
    database.close()


def test_a_file_that_is_no_whole_database_is_told(tmp_path: Path, database: Database):
    path = tmp_path / "people.db"
    assert not check_file(path, "people.db")
    path.touch()
    assert not check_file(path, "people.db")
    database.create(2, FACTS_OF_ONE)
    database.close()
    assert check_file(path, "people.db")
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(GalleryError, match="is damaged: expected"):
        check_file(path, "people.db")
    path.write_text("no database at all")
    with pytest.raises(GalleryError, match="no SQLite database"):
        check_file(path, "people.db")


@pytest.mark.parametrize(
    ("code", "kind", "text"),
    [
        (sqlite3.SQLITE_BUSY, GalleryError, "is locked"),
        (sqlite3.SQLITE_CORRUPT, GalleryError, "is damaged"),
        (sqlite3.SQLITE_FULL, WriteError, "Cannot write"),
        (sqlite3.SQLITE_CONSTRAINT, None, ""),
    ],
)
def test_errors_of_sqlite_are_told(code: int, kind: type[Exception] | None, text: str):
    error = sqlite3.OperationalError("what SQLite says")
    error.sqlite_errorcode = code
    told = sqlite_error(error, "people.db", 5.0)
    assert told is None if kind is None else type(told) is kind and text in str(told)


def test_text_that_is_none_is_damage(tmp_path: Path, database: Database):
    database.create(2, FACTS_OF_ONE)
    database.close()
    path = tmp_path / "people.db"
    path.write_bytes(path.read_bytes().replace(b"changes", b"\xffhanges"))
    with pytest.raises(GalleryError, match="is damaged"), database.read_transaction() as connection:
        connection.execute(FACTS.select()).all()
    undecodable = UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")
    assert isinstance(sqlite_error(undecodable, "people.db", 5.0), GalleryError)


class ServerError(Exception):
    def __init__(self, sqlstate: str | None, text: str = "what the server says"):
        super().__init__(text)
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("error", "kind", "text"),
    [
        (ServerError("55P03"), GalleryError, "is locked"),
        (
            ServerError(None, "no route\nto host"),
            GalleryError,
            "Cannot reach the gallery g: no route.",
        ),
        (ServerError("42501"), WriteError, "Cannot write"),
        (ServerError("0A000", "extension vector"), GalleryError, "lacks pgvector"),
        (ServerError("42P01"), GalleryError, "is damaged"),
        (ServerError("23505"), None, ""),
    ],
)
def test_errors_of_postgresql_are_told(error: Exception, kind: type[Exception] | None, text: str):
    told = postgres_error(error, "g", 5.0)
    assert told is None if kind is None else type(told) is kind and text in str(told)
