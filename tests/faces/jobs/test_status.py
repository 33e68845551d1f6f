"""How far a queue is, and how fast it goes."""

import pytest
from sqlalchemy import update

from triptych.faces.jobs import queue
from triptych.faces.jobs.status import JobStatus, job_status, refused_photos
from triptych.faces.jobs.table import DONE, JOBS, database_clock

from .worker import opened


def test_photos_are_counted_by_what_became_of_them(url: str) -> None:
    photos = [(f"Ada/{number}.jpg", "Ada") for number in range(100)]
    with opened(url) as gallery, gallery.database.write_transaction() as connection:
        queue.create_queue(connection)
        assert job_status(connection, "") == JobStatus(0, 0, 0, 0, 0, 0.0)
        queue.add_jobs(connection, "", "/photos", photos)
        queue.add_jobs(connection, "acme", "/photos", photos)
        done = queue.claim_jobs(connection, "", "one", 40, 60)
        refused = queue.claim_jobs(connection, "", "one", 2, 60)
        queue.claim_jobs(connection, "", "two", 8, 60)
        reasons = [(job, f"no face {job.name}") for job in refused]
        queue.finish_jobs(connection, done, reasons, [])
        ago = database_clock(connection) - 20.0
        connection.execute(update(JOBS).where(JOBS.c.state == DONE).values(finished=ago))
        now = job_status(connection, "")
        assert (now.waiting, now.leased, now.done, now.refused) == (50, 8, 40, 2)
        assert (now.total, now.left, now.workers) == (100, 58, 1)
        assert now.rate == pytest.approx(42 / 20, rel=0.1)
        assert now.seconds_left == pytest.approx(58 / now.rate)
        told = {each.photo: each.reason for each in refused_photos(connection, "", 9)}
        assert told == {job.name: reason for job, reason in reasons}
        assert len(refused_photos(connection, "", 1)) == 1
        assert refused_photos(connection, "acme", 9) == []


def test_nothing_that_moves_has_no_time_left() -> None:
    status = JobStatus(5, 0, 0, 0, 0, 0.0)
    assert status.seconds_left is None and status.to_dict()["seconds_left"] is None
