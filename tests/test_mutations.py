"""Damaged files of every kind are read, or refused in one line; thousands more by
`python -m benchmarks.mutations`."""

from benchmarks.mutations.campaign import run_campaign

CASES = 200


def test_damaged_files_are_read_or_refused_in_one_line():
    cases = list(run_campaign(range(CASES), seed=0))
    assert len(cases) == CASES
    assert [case for case in cases if not case.is_well] == []
    assert {case.outcome for case in cases} == {"read", "refused"}
