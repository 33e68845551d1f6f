from pathlib import Path
from typing import Any

import pytest

from triptych.multitask.formats._reading.annotation_files import AnnotationFiles, side
from triptych.multitask.structures.import_problems import ImportProblems


def test_files_come_sorted_and_hidden_ones_do_not(tmp_path: Path):
    for name in ("b.json", "a.JSON", "deep/c.json", ".hidden/d.json", "__MACOSX/a.json", "e.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    files = AnnotationFiles(tmp_path, ".json")
    root = tmp_path.resolve()
    assert list(files) == [root / "a.JSON", root / "b.json", root / "deep" / "c.json"]
    assert len(files) == 3
    assert list(AnnotationFiles(tmp_path / "b.json", ".json")) == [root / "b.json"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [(40, 40), ("40", 40), (40.0, 40), (None, None), (0, None), (-5, None), (1e7, None)],
)
def test_a_side_is_a_whole_number_of_pixels(value: Any, expected: int | None):
    problems = ImportProblems()
    assert side(value, "width", "a.json", problems) == expected
    assert bool(problems.examples) == (expected is None and value is not None)
