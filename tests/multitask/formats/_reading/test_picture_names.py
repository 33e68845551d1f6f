"""Pictures by names without their ending."""

from pathlib import Path

from triptych.multitask.formats._reading.paths import PictureFinder
from triptych.multitask.formats._reading.picture_names import find_picture


def test_an_ending_is_tried_where_the_name_has_none(tmp_path: Path):
    (tmp_path / "images").mkdir()
    for name in ("a.png", "b.c.jpg"):
        (tmp_path / "images" / name).touch()
    finder = PictureFinder(tmp_path)
    assert find_picture(finder, "a", tmp_path) == tmp_path / "images/a.png"
    assert find_picture(finder, "b.c", tmp_path) == tmp_path / "images/b.c.jpg"
    assert find_picture(finder, "gone", tmp_path) is None
    assert find_picture(finder, "", tmp_path) is None
