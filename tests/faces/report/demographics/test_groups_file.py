"""Groups are read with all that does not fit told."""

from pathlib import Path

import pytest

from triptych.faces.photos.identity_folder import ImageFile
from triptych.faces.report.demographics.groups_file import load_groups
from triptych.frame.errors import DataError

PHOTOS = [
    ImageFile(name, name.partition("/")[0], Path())
    for name in ("Ann/1.jpg", "Ann/2.jpg", "Bo/1.jpg", "Cid, Sr./1.png")
]


def read(tmp_path: Path, text: str | bytes):
    file = tmp_path / "groups.csv"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return load_groups(file, PHOTOS)


@pytest.mark.parametrize(
    "text",
    [
        'person,group\nAnn,north\nBo,south\n"Cid, Sr.",south\n',
        "\ufeffPerson;Group\r\nAnn;north\r\nBo;south\r\nCid, Sr.;south\r\n",
        "person\tgroup\n\nAnn\tnorth\nAnn\tnorth\nBo\t south\nCid, Sr.\tsouth",
        "photo,group\nAnn/1,north\nAnn/2.jpg,north\nBo/1,south\n'Cid'/1,south\n"
        '"Cid, Sr./1.png",south',
    ],
)
def test_people_and_photos_are_named_as_spreadsheets_write_them(tmp_path: Path, text: str):
    assert read(tmp_path, text).groups == ("north", "north", "south", "south")


def test_names_that_fit_nobody_and_people_without_a_group_are_told(tmp_path: Path):
    told = read(tmp_path, "person,group\nAnn,north\nZoe,south\n")
    assert told.groups == ("north", "north", "", "")
    assert told.unknown == ("Zoe",) and told.ungrouped == ("Bo", "Cid, Sr.")
    first, second = told.remarks()
    assert "Zoe" in first and "Bo, Cid, Sr. without a group" in second
    assert read(tmp_path, 'person,group\nAnn,a\nBo,a\n"Cid, Sr.",b').remarks() == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "expected the header"),
        ("name,sex\nAnn,f", "got 'name,sex'"),
        ("person,group", "names no person"),
        ("person,group\nZoe,a", "'Ann'"),
        ("photo,group\nZoe/1.jpg,a", "'Ann/1.jpg'"),
        ("person,group\nAnn", "line 2"),
        ("person,group\nAnn,a,b", "line 2"),
        ("person,group\nAnn,a\nBo,", "line 3"),
        ("person,group\nAnn,a\nAnn,b", "'a' and 'b'"),
        ('person,group\n"Ann,a', "no CSV"),
        (b"person,group\nA\xffn,a", "UTF-8"),
    ],
)
def test_a_file_that_is_none_is_told_in_one_line(tmp_path: Path, text: str | bytes, words: str):
    with pytest.raises(DataError, match=words) as told:
        read(tmp_path, text)
    assert "\n" not in str(told.value)


def test_a_file_that_is_missing_is_told(tmp_path: Path):
    with pytest.raises(DataError, match=r"none\.csv"):
        load_groups(tmp_path / "none.csv", PHOTOS)
