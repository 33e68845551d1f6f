"""How far a queue is, in one line."""

from triptych.cli.faces.jobs.run import format_status
from triptych.faces.jobs.status import JobStatus


def test_a_queue_that_is_over_says_no_more() -> None:
    assert format_status(JobStatus(0, 0, 9, 1, 0, 2.0)) == "10 of 10 photos over (1 refused)"


def test_a_queue_that_does_not_move_has_no_time_left() -> None:
    line = format_status(JobStatus(1_000_000, 0, 0, 0, 0, 0.0))
    assert line.endswith("0 under way by 0 workers, 0.0 a second")
    assert format_status(JobStatus(60, 40, 0, 0, 2, 1.0)).endswith("1 min 40 s left")
