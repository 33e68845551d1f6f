from pathlib import Path

import numpy as np
import pytest

from triptych.faces.metrics.pair_lists.load import load_pairs
from triptych.faces.photos.identity_folder import IdentityFolder, ImageFile
from triptych.frame.errors import DataError

FOLDER = Path("lfw")
GOOD = """2\t2
Ann\t1\t2
Ann\t1\t3
Ann\t1\tBob\t1
Ann\t2\tBob\t2
Cy_Ó\t1\t2
Dee\t1\t3
Cy_Ó\t2\tDee\t1
Cy_Ó\t1\tDee\t2
"""


def people() -> IdentityFolder:
    names = [(name, number) for name in ("Ann", "Bob", "Cy_Ó", "Dee") for number in (1, 2, 3)]
    return IdentityFolder(
        FOLDER,
        tuple(
            ImageFile(f"{name}/{name}_{number:04d}.{'png' if number == 2 else 'jpg'}", name, FOLDER)
            for name, number in names
        ),
    )


def listed(folder: Path, text: str) -> Path:
    path = folder / "pairs.txt"
    path.write_bytes(text.encode())
    return path


def test_a_list_is_read_line_by_line(tmp_path: Path):
    found = load_pairs(listed(tmp_path, GOOD), people())
    assert found.first.tolist() == [0, 0, 0, 1, 6, 9, 7, 6]
    assert found.second.tolist() == [1, 2, 3, 4, 7, 11, 9, 10]
    assert found.same.tolist() == [True, True, False, False] * 2
    assert found.fold.tolist() == [0] * 4 + [1] * 4
    assert (
        found.disjoint_by == "people" and found.person.tolist() == np.repeat(range(4), 3).tolist()
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\t", " "),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff" + text,
        lambda text: text + "\n \n",
        lambda text: text.replace("Ó", "O\u0301"),
    ],
)
def test_blanks_line_ends_and_spellings_do_not_matter(tmp_path: Path, change):
    found = load_pairs(listed(tmp_path, change(GOOD)), people())
    assert found.second.tolist() == [1, 2, 3, 4, 7, 11, 9, 10]


def test_folds_that_share_a_person_are_told(tmp_path: Path):
    text = GOOD.replace("Dee\t1\t3", "Ann\t2\t3")
    assert load_pairs(listed(tmp_path, text), people()).disjoint_by == "pairs"


@pytest.mark.parametrize(
    "old, new, told",
    [
        ("Ann\t1\t3", "Ann\t1", "line 3: expected 'Name 1 2', got 'Ann,1'"),
        ("Ann\t1\t3", "Ann\t1\tBob\t3", "line 3: expected 'Name 1 2'"),
        ("Ann\t1\t3", "Ann\tone\t3", "line 3: expected 'Name 1 2'"),
        ("Ann\t1\t3", "", "line 3: expected 'Name 1 2', got ''"),
        ("Ann\t1\t3", "Ann\t1\t1", "line 3: expected two photos of one person"),
        ("Ann\t1\t3", "Ann\t1\t9", "line 3: expected a photo Ann/Ann_0009 in lfw"),
        ("Ann\t1\t3", "Ann\t1\t-3", "line 3: expected 'Name 1 2'"),
        ("Ann\t1\t3", "Ann\t1\t99999999999", "line 3: expected 'Name 1 2'"),
        ("Ann\t1\tBob\t1", "Ann\t1\t2", "line 4: expected 'Name 1 Other 2'"),
        ("Ann\t1\tBob\t1", "Ann\t1\tAnn\t2", "line 4: expected photos of two people"),
        ("Ann\t1\tBob\t1", "Ann\t1\tEve\t1", "line 4: expected a photo Eve/Eve_0001"),
        (
            "2\t2\n",
            "3\n",
            "promises 3 same and 3 different pairs, expected 6 lines after the first",
        ),
        ("2\t2\n", "two\t2\n", "line 1: expected a list of pairs: LFW's pairs.txt"),
        ("2\t2\n", "1\t4\n", "line 1: expected 2 folds"),
        ("2\t2\n", "2\t0\n", "line 1: expected 2 folds and 1 pair"),
        ("2\t2\n", "10\t300\n", "expected 6000 lines after the first, got 8"),
        (GOOD, "", "line 1: expected a list of pairs: LFW's pairs.txt"),
    ],
)
def test_a_malformed_line_is_told_by_its_number(tmp_path: Path, old: str, new: str, told: str):
    with pytest.raises(DataError) as caught:
        load_pairs(listed(tmp_path, GOOD.replace(old, new, 1)), people())
    assert told in str(caught.value) and "\n" not in str(caught.value)


def test_what_is_no_text_or_not_there_is_refused(tmp_path: Path):
    path = tmp_path / "pairs.txt"
    with pytest.raises(DataError, match="no such file"):
        load_pairs(path, people())
    path.write_bytes(b"10\t300\n\xff\xfe")
    with pytest.raises(DataError, match="as text"):
        load_pairs(path, people())
    with pytest.raises(DataError, match="Cannot read the pairs"):
        load_pairs(tmp_path, people())


def test_a_development_list_has_a_count_alone_and_its_pairs_are_dealt_out(tmp_path: Path):
    text = "2\nAnn\t1\t2\nBob\t1\t3\nAnn\t1\tBob\t1\nAnn\t2\tDee\t2\n"
    found = load_pairs(listed(tmp_path, text), people(), folds=5)
    assert found.same.tolist() == [True, True, False, False]
    assert found.fold.tolist() == [0, 1, 0, 1] and found.second.tolist() == [1, 5, 3, 10]


KAGGLE = [f"{line.replace(chr(9), ',')}" for line in GOOD.split("\n")[1:-1]]


@pytest.mark.parametrize(
    "heading", ["name,imagenum1,imagenum2,\n", 'name,imagenum1,imagenum2,""\n', ""]
)
@pytest.mark.parametrize("ending", ["", ",", ',""', "\r"])
def test_kaggles_list_gives_the_pairs_and_folds_of_the_list_it_was_made_from(
    tmp_path: Path, heading: str, ending: str
):
    rows = [row + ending if row.count(",") == 2 or ending == "\r" else row for row in KAGGLE]
    found = load_pairs(listed(tmp_path, heading + "\n".join(rows)), people())
    expected = load_pairs(listed(tmp_path, GOOD), people())
    for name in ("first", "second", "same", "fold", "disjoint_by"):
        assert np.array_equal(getattr(found, name), getattr(expected, name))


PATHS = [
    ("Ann/Ann_0001.jpg", "Ann/Ann_0002.png", "1"),
    ("lfw/Ann/Ann_0001.jpg", "/data/lfw/Bob/Bob_0001.jpg", "0"),
    ("./Dee/Dee_0001.jpg", "Dee\\Dee_0003.jpg", "1"),
    ("Bob_0003.jpg", "Cy_Ó/Cy_Ó_0001.jpg", "0"),
]


@pytest.mark.parametrize("delimiter", [" ", "\t", ",", ", "])
@pytest.mark.parametrize("heading", [False, True])
@pytest.mark.parametrize("label_first", [False, True])
def test_lists_of_paths_are_read(tmp_path: Path, delimiter: str, heading: bool, label_first: bool):
    rows = [("first", "second", "label")] * heading + PATHS
    rows = [(row[2], *row[:2]) if label_first else row for row in rows]
    found = load_pairs(listed(tmp_path, "\n".join(map(delimiter.join, rows))), people())
    assert found.first.tolist() == [0, 0, 9, 5] and found.second.tolist() == [1, 3, 11, 6]
    assert found.same.tolist() == [True, False, True, False]
    assert found.fold.tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize(
    "text, told",
    [
        ("Ann/Ann_0001.jpg Bob/Bob_0001.jpg 0\nAnn/Ann_0001.jpg 1", "line 2: expected two paths"),
        ("Ann/Ann_0001.jpg Bob/Bob_0001.jpg 0\na b 2", "line 2: expected two paths"),
        ("a,b,1\nAnn/Ann_0001.jpg,,1", "line 2: expected two photos"),
        ("Ann/Ann_0001.jpg Ann/Ann_0001.jpg 1", "line 1: expected two photos"),
        ("Ann/Ann_0001.jpg Bob/Bob_0009.jpg 0", "line 1: expected a photo Bob/Bob_0009.jpg in lfw"),
        ("Ann/Ann_0001.jpg Bob/Bob_0001.jpg 1", "line 1: the list says one person, but by their"),
        ("Ann/Ann_0001.jpg Bob/Bob_0001.jpg 0", "has 0 pairs of one person and 1 of two"),
        ("Ann,1,2\nAnn,x,2", "line 2: expected 'Name,1,2' or 'Name,1,Other,2'"),
        ("Ann,1,2\nAnn,1,Bob,2,9", "line 2: expected 'Name,1,2' or 'Name,1,Other,2'"),
        ("name,imagenum1,imagenum2\nAnn,1,Ann,2", "line 2: expected photos of two people"),
        ("0", "line 1: expected 2 folds and 1 pair"),
        ("a,b", "line 1: expected a list of pairs"),
    ],
)
def test_slips_in_other_lists_are_told_by_their_line(tmp_path: Path, text: str, told: str):
    with pytest.raises(DataError) as caught:
        load_pairs(listed(tmp_path, text), people())
    assert told in str(caught.value) and "\n" not in str(caught.value)


def test_a_photo_that_several_files_are_called_is_not_guessed(tmp_path: Path):
    photos = [ImageFile(f"{part}/Ann/1.jpg", "Ann", FOLDER) for part in ("train", "val")]
    both = IdentityFolder(FOLDER, (*photos, ImageFile("val/Bob/2.jpg", "Bob", FOLDER)))
    with pytest.raises(DataError, match=r"expected a photo Ann/1\.jpg in lfw, found several"):
        load_pairs(listed(tmp_path, "Ann/1.jpg Bob/2.jpg 0"), both)
