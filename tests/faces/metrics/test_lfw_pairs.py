from pathlib import Path

import numpy as np
import pytest

from triptych.faces.metrics.lfw_pairs import load_lfw_pairs
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
    found = load_lfw_pairs(listed(tmp_path, GOOD), people())
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
    found = load_lfw_pairs(listed(tmp_path, change(GOOD)), people())
    assert found.second.tolist() == [1, 2, 3, 4, 7, 11, 9, 10]


def test_folds_that_share_a_person_are_told(tmp_path: Path):
    text = GOOD.replace("Dee\t1\t3", "Ann\t2\t3")
    assert load_lfw_pairs(listed(tmp_path, text), people()).disjoint_by == "pairs"


@pytest.mark.parametrize(
    "old, new, told",
    [
        ("Ann\t1\t3", "Ann\t1", "line 3: expected 'Name 1 2', got 'Ann\t1'"),
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
        ("2\t2\n", "2\n", "line 1: expected the number of folds"),
        ("2\t2\n", "two\t2\n", "line 1: expected the number of folds"),
        ("2\t2\n", "1\t4\n", "line 1: expected 2 folds"),
        ("2\t2\n", "2\t0\n", "line 1: expected 2 folds and 1 pair"),
        ("2\t2\n", "10\t300\n", "expected 6000 lines after the first, got 8"),
        (GOOD, "", "line 1: expected the number of folds"),
    ],
)
def test_a_malformed_line_is_told_by_its_number(tmp_path: Path, old: str, new: str, told: str):
    with pytest.raises(DataError) as caught:
        load_lfw_pairs(listed(tmp_path, GOOD.replace(old, new, 1)), people())
    assert told in str(caught.value) and "\n" not in str(caught.value)


def test_what_is_no_text_or_not_there_is_refused(tmp_path: Path):
    path = tmp_path / "pairs.txt"
    with pytest.raises(DataError, match="no such file"):
        load_lfw_pairs(path, people())
    path.write_bytes(b"10\t300\n\xff\xfe")
    with pytest.raises(DataError, match="as text"):
        load_lfw_pairs(path, people())
    with pytest.raises(DataError, match="Cannot read the pairs"):
        load_lfw_pairs(tmp_path, people())
