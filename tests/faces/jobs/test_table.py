"""Jobs are told apart by whose they are and where they lie; times are the database's."""

import time

from sqlalchemy import select

from triptych.faces.jobs.table import database_clock, job_key

from .worker import opened


def test_no_two_photos_have_one_key() -> None:
    places = [("", "/a", "b/c"), ("", "/a/b", "c"), ("a", "/a", "b/c"), ("", "/a", "b/d")]
    assert len({job_key(*place) for place in places}) == 4
    assert job_key(*places[0]) == job_key(*places[0])


def test_the_clock_is_in_seconds_since_1970(url: str) -> None:
    with opened(url) as gallery, gallery.database.read_transaction() as connection:
        assert abs((connection.scalar(select(database_clock(connection))) or 0) - time.time()) < 5
