"""Galleries that an older triptych made are brought up to date, without loss."""

from sqlalchemy import Connection, select, text

from ._postgres import attach_partition, partition_name
from .schema import FACTS, FORMAT, build_metadata

OLD_PEOPLE, OLD_FACES = "triptych_people_1", "triptych_faces_1"


def stored_format(connection: Connection) -> int:
    """The format of a gallery's tables; that of today where it does not say, for others tell that.

    Parameters:
        connection: in a transaction.
    """
    stored = connection.scalar(select(FACTS.c.value).where(FACTS.c.name == "format"))
    return int(stored) if stored and stored.isdecimal() else FORMAT


def upgrade_tables(connection: Connection) -> None:
    """From format 1, without tenants: its people and photos become those of the tenant "".

    Parameters:
        connection: in a write transaction that no other process is in.
    """
    if stored_format(connection) != 1:
        return
    if connection.dialect.name == "sqlite":
        _upgrade_sqlite(connection)
    else:
        _upgrade_postgres(connection)
    connection.execute(FACTS.update().where(FACTS.c.name == "format").values(value="2"))
    more = "UPDATE triptych_facts SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) "
    connection.execute(text(more + "WHERE name = 'changes'"))  # who has it open looks again


def _upgrade_sqlite(connection: Connection) -> None:
    """SQLite changes no constraints: the rows are copied, with their ids, into new tables."""
    last = "SELECT seq FROM sqlite_sequence WHERE name = 'triptych_faces'"
    newest = connection.exec_driver_sql(last).scalar() or 0
    for statement in (
        "DROP INDEX ix_triptych_faces_person",
        f"ALTER TABLE triptych_faces RENAME TO {OLD_FACES}",
        f"ALTER TABLE triptych_people RENAME TO {OLD_PEOPLE}",
    ):
        connection.exec_driver_sql(statement)
    build_metadata().create_all(connection)
    columns = "id, person, digest, photo, vector"
    for statement in (
        f"INSERT INTO triptych_people (id, tenant, name) SELECT id, '', name FROM {OLD_PEOPLE}",
        f"INSERT INTO triptych_faces (tenant, {columns}) SELECT '', {columns} FROM {OLD_FACES}",
        f"DROP TABLE {OLD_FACES}",
        f"DROP TABLE {OLD_PEOPLE}",
        "DELETE FROM sqlite_sequence WHERE name = 'triptych_faces'",
        # no id is used twice, not even that of a row removed before
        f"INSERT INTO sqlite_sequence (name, seq) VALUES ('triptych_faces', {int(newest)})",
    ):
        connection.exec_driver_sql(statement)


def _upgrade_postgres(connection: Connection) -> None:
    """The table of photos becomes the first partition as it stands: no row is copied."""
    part = partition_name("")
    newest = connection.exec_driver_sql("SELECT last_value FROM triptych_faces_id_seq").scalar()
    size = connection.scalar(select(FACTS.c.value).where(FACTS.c.name == "size"))
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
        f"ALTER TABLE triptych_faces RENAME TO {part}",
    ):
        connection.exec_driver_sql(statement)
    build_metadata(int(size or 0), "postgresql").create_all(connection)
    attach_partition(connection, part, "")
    connection.exec_driver_sql(f"SELECT setval('triptych_faces_id_seq', {int(newest or 1)})")
