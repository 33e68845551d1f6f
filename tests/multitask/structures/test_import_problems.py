"""Problems of annotation files are counted; where it is strict, the first ends all."""

import pytest

from triptych.frame.errors import DataError
from triptych.multitask.structures import import_problems
from triptych.multitask.structures.import_problems import ImportProblems


def test_problems_are_counted_by_kind_and_outcome():
    problems = ImportProblems()
    for number in range(3):
        problems.add("box outside", f"a.json, annotation {number}", "…", "object left out")
    problems.add("box outside", "a.json, annotation 3", "clipped", "mended")
    assert problems.left_out() == {"object left out": 3, "mended": 1}
    assert str(problems.examples[0]) == "a.json, annotation 0: … (object left out)"


def test_lines_are_kept_of_the_first_alone(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(import_problems, "KEPT", 2)
    problems = ImportProblems()
    for number in range(5):
        problems.add("missing", str(number), "…", "image left out")
    assert len(problems.examples) == 2
    assert problems.counts["missing", "image left out"] == 5


def test_strict_raises_for_all_but_notes():
    problems = ImportProblems(strict=True)
    problems.add("kind", "a.json", "read as masks", "noticed")
    with pytest.raises(DataError, match=r"a\.json, annotation 7: no area\. Mend it"):
        problems.add("box", "a.json, annotation 7", "no area", "object left out")


def test_problems_come_back_from_json():
    problems = ImportProblems()
    problems.add("box outside", "a.json", "…", "mended")
    again = ImportProblems.from_dict(problems.to_dict())
    assert (again.counts, again.examples) == (problems.counts, problems.examples)
