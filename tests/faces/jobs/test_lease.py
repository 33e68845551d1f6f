"""A lease is kept while its worker is at work, and given back where that fails."""

import time

import pytest

from triptych.faces.jobs import queue
from triptych.faces.jobs.lease import Lease, worker_name
from triptych.faces.jobs.status import job_status
from triptych.frame.errors import DataError

from .worker import opened


def test_workers_have_names_of_their_own() -> None:
    names = {worker_name() for _ in range(20)}
    assert len(names) == 20 and max(map(len, names)) <= 64


@pytest.mark.parametrize(
    ("error", "attempts"), [(KeyboardInterrupt, 0), (DataError, 0), (ValueError, 1)]
)
def test_a_lease_is_kept_and_given_back(
    url: str, error: type[BaseException], attempts: int
) -> None:
    with opened(url) as gallery:
        with gallery.database.write_transaction() as connection:
            queue.create_queue(connection)
            queue.add_jobs(connection, "", "/photos", [("Ada/1.jpg", "Ada")])
            jobs = queue.claim_jobs(connection, "", "worker", 1, 0.3)
        with pytest.raises(error), Lease(gallery.database, "worker", jobs, 0.3).kept():
            time.sleep(1.0)  # longer than the lease
            with gallery.database.write_transaction() as connection:
                assert queue.claim_jobs(connection, "", "other", 1, 60) == []
            raise error("x")
        with gallery.database.write_transaction() as connection:
            assert job_status(connection, "").waiting == 1
            (again,) = queue.claim_jobs(connection, "", "other", 1, 60)
            assert again.attempts == attempts + 1
