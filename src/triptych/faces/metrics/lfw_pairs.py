"""Lists of pairs, as LFW's pairs.txt (Huang et al. 2007)."""

import unicodedata
from pathlib import Path, PurePosixPath

import numpy as np

from ...frame.errors import DataError
from ...frame.storage.files import os_error_reason
from ..photos.identity_folder import IdentityFolder
from .pairs import Pairs

LARGEST = 2**26  # bytes: no list of pairs is larger


def load_lfw_pairs(path: str | Path, identities: IdentityFolder) -> Pairs:
    """The pairs listed in a file as LFW's pairs.txt: the number of folds and of pairs a fold, then
    for each fold "Name 1 2" lines of same pairs and as many "Name 1 Other 2" of different ones.

    Photo 2 of Name is the file Name/Name_0002, whatever its ending.

    Parameters:
        path: of the list.
        identities: the photos it is of.

    Raises DataError, with the line's number, where the list is malformed or a photo is missing.
    """
    lines = _lines(Path(path))
    folds, pairs_per_fold = _header(lines[0], path)
    if len(lines) != 1 + 2 * folds * pairs_per_fold:
        raise DataError(
            f"{path} promises {folds} folds of {pairs_per_fold} same and {pairs_per_fold} "
            "different pairs, expected "
            f"{2 * folds * pairs_per_fold} lines after the first, got {len(lines) - 1}. Give the "
            "whole list."
        )
    place = {
        (photo.person, PurePosixPath(photo.name).stem): index
        for index, photo in enumerate(identities.photos)
    }
    same = np.tile(np.arange(2 * pairs_per_fold) < pairs_per_fold, folds)
    first, second = np.empty((2, len(same)), np.int64)
    for index, line in enumerate(lines[1:]):
        where = f"{path}, line {index + 2}"
        for column, key in zip((first, second), _photos(line, bool(same[index]), where)):
            if key not in place:
                raise DataError(
                    f"{where}: expected a photo {key[0]}/{key[1]} in {identities.folder}, found "
                    "none. Give the folder that the list was made for."
                )
            column[index] = place[key]
    fold = np.repeat(np.arange(folds), 2 * pairs_per_fold)
    names = [photo.person for photo in identities.photos]
    person = np.unique(np.array(names, np.str_), return_inverse=True)[1].astype(np.int64)
    person_folds = {
        (int(person_number), int(part))
        for column in (first, second)
        for person_number, part in zip(person[column], fold)
    }
    in_one_fold = len(person_folds) == len({number for number, _ in person_folds})
    disjoint_by = "people" if in_one_fold else "pairs"
    return Pairs(first, second, same, fold, disjoint_by, person)


def _lines(path: Path) -> list[str]:
    try:
        if path.stat().st_size > LARGEST:
            raise DataError(f"{path} is larger than {LARGEST >> 20} MB: no list of pairs.")
        text = path.read_bytes().decode("utf-8-sig").rstrip()
    except OSError as error:
        raise DataError(f"Cannot read the pairs {path}: {os_error_reason(error)}.") from error
    except UnicodeDecodeError as error:
        raise DataError(f"Expected a list of pairs as text, but {path} is none.") from error
    return unicodedata.normalize("NFC", text).split("\n")


def _header(line: str, path: str | Path) -> tuple[int, int]:
    fields = line.split()
    if len(fields) != 2 or not all(field.isdecimal() and len(field) < 9 for field in fields):
        raise DataError(
            f"{path}, line 1: expected the number of folds and of pairs a fold, as '10 300', got "
            f"'{line[:40]}'. Give a list as LFW's pairs.txt."
        )
    folds, pairs_per_fold = map(int, fields)
    if folds < 2 or pairs_per_fold < 1:
        raise DataError(f"{path}, line 1: expected 2 folds and 1 pair at least, got '{line[:40]}'.")
    return folds, pairs_per_fold


def _photos(line: str, same: bool, where: str) -> list[tuple[str, str]]:
    """The two photos of a line, each as person and file name without its ending."""
    fields = [field.strip() for field in (line.split("\t") if "\t" in line else line.split())]
    named = [*fields[:2], *fields[:1], *fields[2:]] if same else fields
    numbers = named[1::2]
    if len(named) != 4 or not all(number.isdecimal() and len(number) < 9 for number in numbers):
        form = "'Name 1 2'" if same else "'Name 1 Other 2'"
        raise DataError(f"{where}: expected {form}, got '{line.strip()[:80]}'. Mend the line.")
    photos = [(name, f"{name}_{int(number):04d}") for name, number in zip(named[::2], numbers)]
    if (photos[0][0] == photos[1][0]) != same or photos[0] == photos[1]:
        kind = "two photos of one person" if same else "photos of two people"
        raise DataError(f"{where}: expected {kind}, got '{line.strip()[:80]}'. Mend the line.")
    return photos
