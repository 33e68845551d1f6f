"""A queue hands each photo to one worker at a time."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select, update

from triptych.faces.gallery.database import Database
from triptych.faces.jobs import queue
from triptych.faces.jobs.queue import Job, claim_jobs
from triptych.faces.jobs.table import JOBS, REFUSED, WAITING

from .worker import opened

PHOTOS = [(f"Ada/{number}.jpg", "Ada") for number in range(5)]


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """A gallery's database with a queue of five photos."""
    with opened(url) as gallery:
        with gallery.database.write_transaction() as connection:
            queue.create_queue(connection)
            assert queue.add_jobs(connection, "", "/photos", PHOTOS) == 5
        yield gallery.database


def claim(database: Database, worker: str, count: int = 2, lease: float = 60.0) -> list[str]:
    with database.write_transaction() as connection:
        return [job.name for job in claim_jobs(connection, "", worker, count, lease)]


def jobs(database: Database) -> list[Job]:
    with database.read_transaction() as connection:
        columns = [JOBS.c[name] for name in queue.COLUMNS]
        return [Job(*row) for row in connection.execute(select(*columns).order_by(JOBS.c.id))]


def test_each_photo_is_taken_once_in_order(database: Database) -> None:
    taken = [claim(database, f"worker {number}") for number in range(4)]
    assert [len(part) for part in taken] == [2, 2, 1, 0]
    assert [name for part in taken for name in part] == [name for name, _ in PHOTOS]


def test_two_take_different_photos_at_the_same_moment(postgres_url: str) -> None:
    with opened(postgres_url) as gallery, opened(postgres_url) as other:
        with gallery.database.write_transaction() as connection:
            queue.create_queue(connection)
            queue.add_jobs(connection, "", "/photos", PHOTOS)
        with (
            gallery.database.write_transaction() as one,
            other.database.write_transaction() as two,  # neither waits for the other
        ):
            first = {job.id for job in claim_jobs(one, "", "one", 3, 60)}
            second = {job.id for job in claim_jobs(two, "", "two", 3, 60)}
        assert (len(first), len(second)) == (3, 2) and not first & second


def test_what_was_added_before_stays_as_it_is(database: Database) -> None:
    claim(database, "worker")
    with database.write_transaction() as connection:
        more = [*PHOTOS, ("Bo/1.jpg", "Bo")]
        assert queue.add_jobs(connection, "", "/photos", more) == 1
        assert queue.add_jobs(connection, "", "/elsewhere", PHOTOS) == 5
        assert queue.add_jobs(connection, "acme", "/photos", PHOTOS) == 5
    assert [job.attempts for job in jobs(database)][:6] == [1, 1, 0, 0, 0, 0]


def test_photos_of_two_folders_are_not_taken_together(database: Database) -> None:
    with database.write_transaction() as connection:
        queue.add_jobs(connection, "", "/elsewhere", PHOTOS)
        taken = claim_jobs(connection, "", "worker", 99, 60)
        assert {job.folder for job in taken} == {"/photos"} and len(taken) == 5
        assert len(claim_jobs(connection, "", "worker", 99, 60)) == 5


def test_a_tenants_photos_are_its_own(database: Database) -> None:
    with database.write_transaction() as connection:
        assert claim_jobs(connection, "acme", "worker", 9, 60) == []
        queue.add_jobs(connection, "acme", "/photos", PHOTOS[:1])
        assert len(claim_jobs(connection, "acme", "worker", 9, 60)) == 1
        assert len(claim_jobs(connection, "", "worker", 9, 60)) == 5


def test_a_lease_that_ran_out_is_taken_by_another_one_photo_at_a_time(database: Database) -> None:
    claim(database, "dead", count=5, lease=-1)
    assert [claim(database, "alive", count=5) for _ in range(6)] == [
        *([name] for name, _ in PHOTOS),
        [],
    ]


def test_only_who_has_a_photo_finishes_it(database: Database) -> None:
    with database.write_transaction() as connection:
        slow = claim_jobs(connection, "", "slow", 5, -1)
        quick = claim_jobs(connection, "", "quick", 5, 60)
        assert queue.lock_leased(connection, "slow", slow) == [j for j in slow if j.id > 1]
        assert queue.lock_leased(connection, "quick", quick) == quick
        queue.finish_jobs(connection, quick, [], [])
        assert queue.lock_leased(connection, "quick", quick) == []


def test_a_photo_is_given_up_after_some_attempts(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "RETRY_AFTER", -1.0)
    seen = []
    with database.write_transaction() as connection:
        for _ in range(20):
            for job in claim_jobs(connection, "", "worker", 5, 60):
                seen.append(job.name)
                queue.finish_jobs(connection, [], [], [(job, "a bad disk")])
    assert sorted(seen) == sorted(name for name, _ in PHOTOS * queue.ATTEMPTS)
    assert {job.reason for job in jobs(database)} == {"a bad disk"}


def test_leases_are_extended_and_given_back(database: Database) -> None:
    with database.write_transaction() as connection:
        taken = [job.id for job in claim_jobs(connection, "", "worker", 5, -1)]
        queue.extend_leases(connection, "another", taken, 60)
        assert (queue.seconds_until_due(connection, "") or 0) < 0
        queue.extend_leases(connection, "worker", taken, 60)
        assert 50 < (queue.seconds_until_due(connection, "") or 0) <= 60
        queue.release_jobs(connection, "worker", taken[:2], tried=False)
        queue.release_jobs(connection, "worker", taken[2:], tried=True)
    assert [job.attempts for job in jobs(database)] == [0, 0, 1, 1, 1]
    assert claim(database, "another", count=5) == [name for name, _ in PHOTOS[:2]]


def test_the_refused_are_put_back(database: Database) -> None:
    with database.write_transaction() as connection:
        first = claim_jobs(connection, "", "worker", 1, 60)
        assert queue.finish_jobs(connection, [], [(first[0], "no face")], []) == 1
        assert connection.scalar(select(JOBS.c.state).where(JOBS.c.id == first[0].id)) == REFUSED
        assert queue.retry_jobs(connection, "acme") == 0
        assert queue.retry_jobs(connection, "") == 1
        assert {*connection.scalars(select(JOBS.c.state))} == {WAITING}
        connection.execute(update(JOBS).values(due=None))
        assert queue.seconds_until_due(connection, "") is None
