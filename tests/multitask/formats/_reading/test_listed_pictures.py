"""What annotation files list that is missing, or comes twice, is told in the same words."""

from pathlib import Path

import pytest

from triptych.frame.errors import DataError
from triptych.multitask.formats._reading.listed_pictures import ListedPictures
from triptych.multitask.structures.import_problems import ImportProblems


def test_a_picture_is_used_once_and_the_second_entry_told():
    pictures = ListedPictures(Path("/pets"), ImportProblems())
    picture = Path("/pets/a.jpg")
    assert pictures.check(picture, "a.jpg", "x.json, image 1") == picture
    assert pictures.check(picture, "./a.jpg", "x.json, image 2") is None
    assert pictures.check(Path("/pets/b.jpg"), "b.jpg", "x.json, image 3") is not None
    assert len(pictures) == 2
    assert picture in pictures and Path("/pets/c.jpg") not in pictures
    assert [str(one) for one in pictures.problems.examples] == [
        "x.json, image 2: the picture ./a.jpg comes twice; the first is used (image left out)"
    ]


@pytest.mark.parametrize(
    ("name", "shown"),
    [("a\nb.jpg", "a b.jpg"), (None, "None"), ("", "''"), ({"a": 1}, "{'a': 1}"), ("x" * 99, "…")],
)
def test_a_missing_picture_is_told_in_one_line_whatever_is_called_so(name: object, shown: str):
    pictures = ListedPictures(Path("/pets"), ImportProblems())
    assert pictures.check(None, name, "x.json, image 1") is None
    (problem,) = pictures.problems.examples
    assert problem.kind == "missing picture"
    assert f"{shown} in /pets" in problem.detail
    assert "\n" not in problem.detail and len(problem.detail) < 100


def test_strict_problems_end_at_the_first_that_is_missing():
    pictures = ListedPictures(Path("/pets"), ImportProblems(strict=True))
    with pytest.raises(DataError, match="there is no picture a"):
        pictures.check(None, "a.jpg", "x.json")
