"""How far a queue of photos is."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from ...frame.storage.image_folder import SkippedImage
from .table import DONE, JOBS, LEASED, REFUSED, WAITING, database_clock

RECENT = 60.0  # seconds over which the rate is taken


@dataclass(frozen=True)
class JobStatus:
    """How far a queue is.

    Parameters:
        waiting: photos that nobody has taken yet, or that are to be tried again.
        leased: photos that a worker is at.
        done: photos that are enrolled.
        refused: photos that cannot be used; `refused_photos` tells why.
        workers: who is at work.
        rate: photos a second, done or refused, over the last minute.
    """

    waiting: int
    leased: int
    done: int
    refused: int
    workers: int
    rate: float

    @property
    def left(self) -> int:
        """Photos that are not over."""
        return self.waiting + self.leased

    @property
    def total(self) -> int:
        """All photos of the queue."""
        return self.left + self.done + self.refused

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the queue is empty at this rate; None where nothing moves."""
        return self.left / self.rate if self.rate else None

    def to_dict(self) -> dict[str, Any]:
        """As `triptych faces jobs status --json` prints it."""
        left = self.seconds_left
        return {**vars(self), "seconds_left": None if left is None else round(left, 1)}


def job_status(connection: Connection, tenant: str) -> JobStatus:
    """How far a queue is; every row of it is counted.

    Parameters:
        connection: in a transaction.
        tenant: whose photos.
    """
    mine = JOBS.c.tenant == tenant
    query = select(JOBS.c.state, func.count()).where(mine).group_by(JOBS.c.state)
    rows = connection.execute(query).all()
    counts = {state: count for state, count in rows}  # noqa: C416 - a row is no pair to pyright
    now = connection.scalar(select(database_clock(connection))) or 0.0
    workers = select(func.count(JOBS.c.worker.distinct())).where(mine, JOBS.c.state == LEASED)
    recent = select(func.count(), func.min(JOBS.c.finished))
    count, first = connection.execute(recent.where(mine, JOBS.c.finished > now - RECENT)).one()
    return JobStatus(
        *(counts.get(state, 0) for state in (WAITING, LEASED, DONE, REFUSED)),
        workers=connection.scalar(workers) or 0,
        rate=round(count / max(1.0, now - first), 2) if count else 0.0,
    )


def refused_photos(connection: Connection, tenant: str, count: int) -> list[SkippedImage]:
    """The photos last refused, each with the reason.

    Parameters:
        connection: in a transaction.
        tenant: whose photos.
        count: how many to name, at most.
    """
    query = select(JOBS.c.name, JOBS.c.reason).where(
        JOBS.c.tenant == tenant, JOBS.c.state == REFUSED
    )
    rows = connection.execute(query.order_by(JOBS.c.finished.desc(), JOBS.c.id).limit(count))
    return [SkippedImage(name, reason) for name, reason in rows]
