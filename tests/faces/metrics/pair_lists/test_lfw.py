import pytest

from triptych.faces.metrics.pair_lists.lfw import is_lfw, is_lfw_csv, read_lfw, read_lfw_csv


@pytest.mark.parametrize(
    "line, text, csv",
    [
        ("10\t300", True, False),
        ("500", True, False),
        ("1 2 3", False, False),
        ("Ann,1,2", False, True),
        ("Ann,1,Bob,2", False, True),
        ("a.jpg,b.jpg,1", False, False),
        ("name,imagenum1,imagenum2,", False, True),
        ("", False, False),
    ],
)
def test_lists_are_known_by_their_first_line(line: str, text: bool, csv: bool):
    assert is_lfw([line]) is text and is_lfw_csv([line]) is csv


def test_both_forms_name_the_same_photos():
    text, folds = read_lfw(["1", "Ann 1 2", "Ann 1 Bob 3"], "a")
    table, no_folds = read_lfw_csv(["Ann,1,2,", "Ann,1,Bob,3"], "b")
    assert folds is no_folds is None
    for first, second in zip(text, table):
        assert (first.first, first.second, first.same) == (second.first, second.second, second.same)
    assert text[1].second.path == "Bob/Bob_0003"
