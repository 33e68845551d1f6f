"""Every output has a meaning."""

from triptych.multitask.answers.kinds import MEANINGS, PARTS


def test_every_part_of_every_kind_has_a_meaning():
    assert {(kind, part) for kind, parts in PARTS.items() for part in parts} == set(MEANINGS)
