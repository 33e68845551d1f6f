"""Keys and fields of files in tars."""

import pytest

from triptych.multitask.formats._embedded.shards import split_name


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("a/b.c.d.png", ("a/b", "c.d.png")),
        ("a.b/c.JPG", ("a.b/c", "jpg")),
        ("img_0.5.jpg", ("img_0", "5.jpg")),
        ("noending", ("noending", "")),
    ],
)
def test_a_name_is_cut_at_the_first_dot_of_its_last_part(name: str, parts: tuple[str, str]):
    assert split_name(name) == parts
