"""Galleries that an older triptych made are brought up to date, without loss."""

from sqlalchemy import Connection, select, text

from ._postgres import attach_partition, partition_name
from .schema import FORMAT
from .tables import FACTS, build_metadata

OLD_PEOPLE, OLD_FACES = "triptych_people_1", "triptych_faces_1"
OLD_FORMATS = (1, 2)  # without tenants; without what a photo was read by
# what format 3 knows of a face, for those of whom it is not known; no row is rewritten
_NEW_COLUMNS = (
    "ADD COLUMN face INTEGER NOT NULL DEFAULT 0, "
    "ADD COLUMN source TEXT NOT NULL DEFAULT '', "
    "ADD COLUMN recipe VARCHAR(32) NOT NULL DEFAULT '', "
    "ADD COLUMN quality DOUBLE PRECISION"
)


def stored_format(connection: Connection) -> int:
    """The format of a gallery's tables; that of today where it does not say, for others tell that.

    Parameters:
        connection: in a transaction.
    """
    stored = connection.scalar(select(FACTS.c.value).where(FACTS.c.name == "format"))
    return int(stored) if stored and stored.isdecimal() else FORMAT


def is_old(connection: Connection) -> bool:
    """Whether the gallery a `connection` is in a transaction of is of a format of before."""
    return stored_format(connection) in OLD_FORMATS


def upgrade_tables(connection: Connection) -> None:
    """Bring the tables of an older format up to date, with all people and photos.

    Without tenants (format 1), they become those of the tenant "". Where it is not known how a
    photo was read (1 and 2), its recipe is empty: enrolled again it is read anew.

    Parameters:
        connection: in a write transaction that no other process is in.
    """
    before = stored_format(connection)
    if before not in OLD_FORMATS:
        return
    if connection.dialect.name == "sqlite":
        _upgrade_sqlite(connection, before)
    elif before == 1:
        _partition_postgres(connection)
    else:
        _upgrade_postgres(connection)
    connection.execute(FACTS.update().where(FACTS.c.name == "format").values(value=str(FORMAT)))
    more = "UPDATE triptych_facts SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) "
    connection.execute(text(more + "WHERE name = 'changes'"))  # who has it open looks again


def _upgrade_sqlite(connection: Connection, before: int) -> None:
    """SQLite changes no constraints: the rows are copied, with their ids, into new tables."""
    last = "SELECT seq FROM sqlite_sequence WHERE name = 'triptych_faces'"
    newest = connection.exec_driver_sql(last).scalar() or 0
    for statement in (
        "DROP INDEX ix_triptych_faces_person",
        "DROP INDEX IF EXISTS triptych_faces_tenant",
        f"ALTER TABLE triptych_faces RENAME TO {OLD_FACES}",
        f"ALTER TABLE triptych_people RENAME TO {OLD_PEOPLE}",
    ):
        connection.exec_driver_sql(statement)
    build_metadata().create_all(connection)
    columns, tenant = "id, person, digest, photo, vector", "''" if before == 1 else "tenant"
    people = f"INSERT INTO triptych_people (id, tenant, name) SELECT id, {tenant}, name FROM"
    faces = f"INSERT INTO triptych_faces (tenant, {columns}) SELECT {tenant}, {columns} FROM"
    for statement in (
        f"{people} {OLD_PEOPLE}",
        f"{faces} {OLD_FACES}",
        f"DROP TABLE {OLD_FACES}",
        f"DROP TABLE {OLD_PEOPLE}",
        "DELETE FROM sqlite_sequence WHERE name = 'triptych_faces'",
        # no id is used twice, not even that of a row removed before
        f"INSERT INTO sqlite_sequence (name, seq) VALUES ('triptych_faces', {int(newest)})",
    ):
        connection.exec_driver_sql(statement)


def _upgrade_postgres(connection: Connection) -> None:
    """Columns are added to the tables of all tenants, and one photo may be of two people."""
    for statement in (
        f"ALTER TABLE triptych_faces {_NEW_COLUMNS}",
        "ALTER TABLE triptych_faces DROP CONSTRAINT triptych_faces_tenant_digest_key",
        "ALTER TABLE triptych_faces ADD UNIQUE (tenant, digest, person, face)",
    ):
        connection.exec_driver_sql(statement)
    build_metadata(_size(connection), "postgresql").create_all(connection)  # what is still missing


def _partition_postgres(connection: Connection) -> None:
    """The table of photos becomes the first partition as it stands: no row is copied."""
    part = partition_name("")
    newest = connection.exec_driver_sql("SELECT last_value FROM triptych_faces_id_seq").scalar()
    for statement in (
        "ALTER TABLE triptych_people ADD COLUMN tenant TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE triptych_people ALTER COLUMN tenant DROP DEFAULT",
        "ALTER TABLE triptych_people DROP CONSTRAINT triptych_people_name_key",
        "ALTER TABLE triptych_people ADD UNIQUE (tenant, name)",
        "ALTER TABLE triptych_faces ADD COLUMN tenant TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE triptych_faces ALTER COLUMN tenant DROP DEFAULT",
        "ALTER TABLE triptych_faces DROP CONSTRAINT triptych_faces_pkey",
        "ALTER TABLE triptych_faces DROP CONSTRAINT triptych_faces_digest_key",
        "ALTER TABLE triptych_faces ALTER COLUMN id DROP DEFAULT",
        "DROP SEQUENCE triptych_faces_id_seq",
        "DROP INDEX IF EXISTS triptych_faces_near",
        "DROP INDEX ix_triptych_faces_person",
        f"ALTER TABLE triptych_faces {_NEW_COLUMNS}",
        f"ALTER TABLE triptych_faces RENAME TO {part}",
    ):
        connection.exec_driver_sql(statement)
    build_metadata(_size(connection), "postgresql").create_all(connection)
    attach_partition(connection, part, "")
    connection.exec_driver_sql(f"SELECT setval('triptych_faces_id_seq', {int(newest or 1)})")


def _size(connection: Connection) -> int:
    """Numbers in a vector of the gallery."""
    return int(connection.scalar(select(FACTS.c.value).where(FACTS.c.name == "size")) or 0)
