"""A gallery in PostgreSQL with pgvector: the engine, and its errors in one line."""

from contextlib import suppress
from hashlib import sha256
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, exc, text

from ...frame.dependencies import requires
from ...frame.errors import GalleryError, WriteError
from ._sqlite import locked_error

ADVISORY_LOCK = 7_230_191  # a number of our own: the process that holds its lock makes the tables


def postgres_engine(address: URL, wait: float) -> Engine:
    """An engine whose transactions see one state.

    Parameters:
        address: of the database, with psycopg as its driver.
        wait: seconds to wait for the server and for locks, at most.

    Raises MissingDependencyError without psycopg and pgvector.
    """
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


def prepare_database(connection: Connection) -> None:
    """Let one process at a time make tables, until the transaction ends; and install pgvector."""
    connection.execute(text(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"))
    connection.execute(text("CREATE EXTENSION IF NOT EXISTS vector"))


def partition_name(tenant: str) -> str:
    """The table that holds the photos of a `tenant`, whatever characters its name has."""
    return f"triptych_faces_{sha256(tenant.encode()).hexdigest()[:16]}"


def ensure_partition(connection: Connection, tenant: str) -> None:
    """Make the partition for the photos of a tenant, where it is not there yet.

    It is made apart and then attached, so that neither readers nor writers of others wait.

    Parameters:
        connection: in a write transaction that holds the row of changes, so no other process does
            the same.
        tenant: the name.
    """
    name = partition_name(tenant)
    if connection.scalar(text("SELECT to_regclass(:name)"), {"name": name}) is None:
        whole = "(LIKE triptych_faces INCLUDING DEFAULTS INCLUDING CONSTRAINTS)"
        connection.exec_driver_sql(f"CREATE TABLE {name} {whole}")
        attach_partition(connection, name, tenant)


def attach_partition(connection: Connection, name: str, tenant: str) -> None:
    """Make a table the partition of a tenant; its indexes are made then.

    Parameters:
        connection: in a write transaction.
        name: of the table.
        tenant: whose photos it holds.
    """
    quoted = tenant.replace("'", "''").replace(
        "%", "%%"
    )  # a statement of this kind takes no values
    attach = f"ALTER TABLE triptych_faces ATTACH PARTITION {name} FOR VALUES IN ('{quoted}')"
    connection.exec_driver_sql(attach)


def vacuum(engine: Engine, tenant: str) -> None:
    """Take removed rows out of the index, as far as there is the right to, or leave it be.

    Parameters:
        engine: of a gallery that no transaction of this thread is open in.
        tenant: whose rows were removed.
    """
    plain = engine.execution_options(isolation_level="AUTOCOMMIT")  # it runs in no transaction
    with suppress(exc.DBAPIError), plain.connect() as connection:
        connection.execute(text(f"VACUUM (SKIP_LOCKED, ANALYZE) {partition_name(tenant)}"))


def postgres_error(error: Any, name: str, wait: float) -> Exception | None:
    """What to raise for an error of PostgreSQL; None where it is a fault of ours.

    Parameters:
        error: a `psycopg.Error`.
        name: what the message calls the gallery.
        wait: the seconds that were waited for other processes.
    """
    code = getattr(error, "sqlstate", None)
    message = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    if code == "55P03":  # lock_not_available
        return locked_error(name, wait)
    if code is None or code.startswith(("08", "57P", "28", "3D")):  # connection, shutdown, role
        return GalleryError(f"Cannot reach the gallery {name}: {message}.")
    if code.startswith(("42501", "25006", "53")):  # rights, read-only, no room
        return WriteError(f"Cannot write {name}: {message}.")
    if code in ("0A000", "58P01") and "vector" in message:
        return GalleryError(f"The server of {name} lacks pgvector. Install it there.")
    if code.startswith("42") or code == "XX001":  # tables are not as we made them
        return GalleryError(f"{name} is damaged: {message}. Enroll its people anew.")
    return None
