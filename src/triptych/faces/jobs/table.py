"""The table of the queue: a row for each photo that is to be enrolled, beside the gallery's own."""

from hashlib import sha256

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    literal_column,
)

WAITING, LEASED, DONE, REFUSED = "waiting", "leased", "done", "refused"

JOBS = Table(
    "triptych_jobs",
    MetaData(),
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("key", String(64), nullable=False, unique=True),  # of tenant, folder and name
    Column("tenant", Text, nullable=False),
    Column("folder", Text, nullable=False),
    Column("name", Text, nullable=False),  # relative to the folder
    Column("person", Text, nullable=False),
    Column("state", String(8), nullable=False),
    Column("due", Float(53)),  # when it may be taken, in seconds since 1970; none once it is over
    Column("attempts", Integer, nullable=False),
    Column("worker", String(64), nullable=False),  # who has it, or had it last
    Column("reason", Text, nullable=False),  # why it was refused, or did not work the last time
    Column("finished", Float(53)),
)
_open = JOBS.c.due.isnot(None)
Index(
    "triptych_jobs_open",
    *(JOBS.c.attempts, JOBS.c.due, JOBS.c.id),
    postgresql_where=_open,
    sqlite_where=_open,
)


def job_key(tenant: str, folder: str, name: str) -> str:
    """What tells a job from all others; paths are too long for an index of PostgreSQL.

    Parameters:
        tenant: whose gallery the photo goes to.
        folder: the absolute path it was listed in.
        name: relative to the folder.
    """
    return sha256("\0".join((tenant, folder, name)).encode()).hexdigest()


def database_clock(connection: Connection) -> ColumnElement[float]:
    """The seconds since 1970 by the clock of the database, which all machines share.

    Parameters:
        connection: whose dialect is spoken.
    """
    if connection.dialect.name == "sqlite":
        return literal_column("((julianday('now') - 2440587.5) * 86400.0)", Float(53))
    return literal_column("EXTRACT(epoch FROM clock_timestamp())::float8", Float(53))
