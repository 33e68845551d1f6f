import pytest

from triptych.multitask.formats._reading.class_names import class_attribute


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["size", "Label"], "Label"),
        (["type", "class"], "class"),
        (["classes", "hue"], "classes"),
        (["hue"], "hue"),
        (["hue", "size"], None),
        ([], None),
    ],
)
def test_the_class_is_what_is_named_so_or_the_only_one(names: list[str], expected: str | None):
    assert class_attribute(names) == expected
