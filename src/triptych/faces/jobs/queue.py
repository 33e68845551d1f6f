"""A queue of photos in a database: each is taken by one worker at a time, and finished once.

A worker takes photos on a lease, which it extends while it is at work. Where the worker is killed
the lease runs out, and others take its photos. PostgreSQL's `FOR UPDATE SKIP LOCKED` lets several
take different photos at the same moment; in SQLite one waits for the other.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, inspect, select, text, update

from .table import DONE, JOBS, LEASED, REFUSED, WAITING, database_clock, job_key

ATTEMPTS = 3  # before a photo is given up: a file that cannot be read, or that kills its workers
RETRY_AFTER = 2.0  # seconds until a photo is tried again, times the attempts so far
# one value for all rows: SQLAlchemy would else take longer to write the statement than to run it
_ADD_FROM = """
INSERT INTO triptych_jobs
    (key, tenant, folder, name, person, state, due, attempts, worker, reason)
SELECT {0}, :tenant, :folder, {1}, {2}, 'waiting', 0, 0, '', '' FROM {3}
WHERE true ON CONFLICT (key) DO NOTHING
"""
_ADD = {
    "sqlite": text(
        _ADD_FROM.format(
            *(f"json_extract(photo.value, '$[{column}]')" for column in range(3)),
            "json_each(:rows) AS photo",
        )
    ),
    "postgresql": text(
        _ADD_FROM.format(
            *(f"photo.value ->> {column}" for column in range(3)),
            "jsonb_array_elements(CAST(:rows AS jsonb)) AS photo(value)",
        )
    ),
}
COLUMNS = ("id", "folder", "name", "person", "attempts", "reason")


@dataclass(frozen=True)
class Job:
    """A photo that is to be enrolled.

    Parameters:
        id: of its row.
        folder: the absolute path it was listed in.
        name: relative to the folder.
        person: who is on it.
        attempts: how often it was taken, this time among them.
        reason: why it did not work the last time, "" where there was none.
    """

    id: int
    folder: str
    name: str
    person: str
    attempts: int
    reason: str


def create_queue(connection: Connection) -> None:
    """Make the table of the queue where it is not there yet.

    Parameters:
        connection: in a write transaction that one process at a time is in.
    """
    JOBS.metadata.create_all(connection)


def has_queue(connection: Connection) -> bool:
    """Whether photos were ever added to a queue in this database."""
    return inspect(connection).has_table(JOBS.name)


def add_jobs(
    connection: Connection, tenant: str, folder: str, photos: Iterable[tuple[str, str]]
) -> int:
    """Put photos into the queue; those that were in it before stay as they are.

    Parameters:
        connection: in a write transaction.
        tenant: whose gallery they go to.
        folder: the absolute path they lie in.
        photos: the name of each, relative to the folder, and its person.

    Returns how many are new.
    """
    rows = [[job_key(tenant, folder, name), name, person] for name, person in photos]
    values = {"tenant": tenant, "folder": folder, "rows": json.dumps(rows)}
    return connection.execute(_ADD[connection.dialect.name], values).rowcount


def claim_jobs(
    connection: Connection, tenant: str, worker: str, count: int, lease: float
) -> list[Job]:
    """Take photos that nobody has, the first ones first.

    All are of one folder, so that their names differ. A photo whose worker died, or
    that could not be read, is taken by itself: should it kill its worker again, no other photo
    suffers. After `ATTEMPTS` it is refused.

    Parameters:
        connection: in a write transaction.
        tenant: whose photos to take.
        worker: who takes them.
        count: how many at most.
        lease: seconds until others may take them.
    """
    now = database_clock(connection)
    due = select(JOBS.c.id, JOBS.c.folder, JOBS.c.attempts, JOBS.c.reason)
    due = due.where(JOBS.c.tenant == tenant, JOBS.c.due <= now)
    due = due.order_by(JOBS.c.attempts, JOBS.c.due, JOBS.c.id).with_for_update(skip_locked=True)
    rows = connection.execute(due.where(JOBS.c.attempts == 0).limit(count)).all()
    ids = [row.id for row in rows if row.folder == rows[0].folder]
    while not ids:
        row = connection.execute(due.where(JOBS.c.attempts > 0).limit(1)).first()
        if row is None:
            return []
        if row.attempts < ATTEMPTS:
            ids = [row.id]
        else:
            reason = row.reason or f"{row.attempts} workers ended while they were at it."
            _end(connection, {row.id: reason}, REFUSED)
    attempts = JOBS.c.attempts + 1
    values = {"state": LEASED, "worker": worker, "due": now + lease, "attempts": attempts}
    taken = update(JOBS).where(JOBS.c.id.in_(ids)).values(values)
    rows = connection.execute(taken.returning(*(JOBS.c[name] for name in COLUMNS))).all()
    return sorted((Job(*row) for row in rows), key=lambda job: job.id)


def extend_leases(connection: Connection, worker: str, ids: Collection[int], lease: float) -> None:
    """Tell that a worker is alive and at work.

    Parameters:
        connection: in a write transaction.
        worker: who.
        ids: of the photos.
        lease: seconds from now until others may take them.
    """
    query = update(JOBS).where(JOBS.c.id.in_(ids), JOBS.c.worker == worker, JOBS.c.state == LEASED)
    connection.execute(query.values(due=database_clock(connection) + lease))


def lock_leased(connection: Connection, worker: str, jobs: Iterable[Job]) -> list[Job]:
    """Those of the photos that a worker still has; nobody else takes them until the end of the
    transaction.

    Parameters:
        connection: in a write transaction.
        worker: who took them.
        jobs: as they were taken.
    """
    jobs = list(jobs)
    own = JOBS.c.id.in_([job.id for job in jobs]), JOBS.c.worker == worker, JOBS.c.state == LEASED
    kept = {
        *connection.scalars(select(JOBS.c.id).where(*own).order_by(JOBS.c.id).with_for_update())
    }
    return [job for job in jobs if job.id in kept]


def finish_jobs(
    connection: Connection,
    done: Sequence[Job],
    refused: Sequence[tuple[Job, str]],
    unreadable: Sequence[tuple[Job, str]],
) -> int:
    """Write down what became of photos, in the transaction in which they are enrolled.

    Parameters:
        connection: in a write transaction.
        done: enrolled, or enrolled before.
        refused: not to be used, each with the reason.
        unreadable: not read this time, each with the reason; tried again, `ATTEMPTS` in all.

    Returns how many are refused.
    """
    last = [(job, reason) for job, reason in unreadable if job.attempts >= ATTEMPTS]
    _end(connection, {job.id: "" for job in done}, DONE)
    _end(connection, {job.id: reason for job, reason in (*refused, *last)}, REFUSED)
    for job, reason in unreadable:
        if job.attempts < ATTEMPTS:
            later = database_clock(connection) + RETRY_AFTER * job.attempts
            values = {"state": WAITING, "due": later, "reason": reason}
            connection.execute(update(JOBS).where(JOBS.c.id == job.id).values(values))
    return len(refused) + len(last)


def release_jobs(connection: Connection, worker: str, ids: Collection[int], *, tried: bool) -> None:
    """Give photos back, so that others may take them at once.

    Parameters:
        connection: in a write transaction.
        worker: who took them.
        ids: of the photos.
        tried: whether it counts as an attempt, for a photo may be why the worker failed.
    """
    query = update(JOBS).where(JOBS.c.id.in_(ids), JOBS.c.worker == worker, JOBS.c.state == LEASED)
    attempts = JOBS.c.attempts - (0 if tried else 1)
    connection.execute(query.values(state=WAITING, due=0.0, attempts=attempts))


def seconds_until_due(connection: Connection, tenant: str) -> float | None:
    """Seconds until a photo may be taken that cannot be now; None where all are over.

    Parameters:
        connection: in a transaction.
        tenant: whose photos.
    """
    query = select(func.min(JOBS.c.due) - database_clock(connection))
    return connection.scalar(query.where(JOBS.c.tenant == tenant, JOBS.c.due.isnot(None)))


def retry_jobs(connection: Connection, tenant: str) -> int:
    """Put all refused photos back into the queue; how many those were.

    Parameters:
        connection: in a write transaction.
        tenant: whose photos.
    """
    query = update(JOBS).where(JOBS.c.tenant == tenant, JOBS.c.state == REFUSED)
    values = {"state": WAITING, "due": 0.0, "attempts": 0, "reason": "", "finished": None}
    return connection.execute(query.values(values)).rowcount


def _end(connection: Connection, reasons: dict[int, str], state: str) -> None:
    """Finish photos, by their ids."""
    now = database_clock(connection)
    by_reason: dict[str, list[int]] = {}
    for number, reason in reasons.items():
        by_reason.setdefault(reason, []).append(number)
    for reason, ids in by_reason.items():
        values: dict[str, Any] = {"state": state, "due": None, "finished": now, "reason": reason}
        connection.execute(update(JOBS).where(JOBS.c.id.in_(ids)).values(values))
