"""The lines of a list of pairs, and what a format makes of them."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ....frame.errors import DataError
from ....frame.storage.files import os_error_reason

LARGEST = 2**28  # bytes: no list of pairs is larger


@dataclass(frozen=True)
class Photo:
    """A photo as a list names it.

    Parameters:
        path: of its file: "Ann/Ann_0001.jpg"; without an ending where `has_ending` is false.
        has_ending: whether the path has the file's ending.
    """

    path: str
    has_ending: bool = True


@dataclass(frozen=True)
class ListedPair:
    """A pair as a list has it.

    Parameters:
        first: a photo.
        second: another.
        same: whether they are of one person.
        where: the list and the line, for errors.
    """

    first: Photo
    second: Photo
    same: bool
    where: str


def read_lines(path: Path) -> list[str]:
    """The lines of a text file, accents in one spelling, without empty ones at the end.

    Parameters:
        path: of the file.

    Raises DataError where it cannot be read, or is no text.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise DataError(f"{path} is larger than {LARGEST >> 20} MB: no list of pairs.")
        text = path.read_bytes().decode("utf-8-sig").rstrip()
    except OSError as error:
        raise DataError(f"Cannot read the pairs {path}: {os_error_reason(error)}.") from error
    except UnicodeDecodeError as error:
        raise DataError(f"Expected a list of pairs as text, but {path} is none.") from error
    return unicodedata.normalize("NFC", text).split("\n")


def numbered_photo(name: str, number: str) -> Photo:
    """LFW's photo of a person by its number.

    Parameters:
        name: of the person.
        number: of the photo, in digits.

    >>> numbered_photo("Ann", "4").path
    'Ann/Ann_0004'
    """
    return Photo(f"{name}/{name}_{int(number):04d}", has_ending=False)


def is_count(field: str) -> bool:
    """Whether a field is a number of up to eight digits."""
    return field.isdecimal() and len(field) < 9


def malformed(where: str, expected: str, line: str | Sequence[str]) -> DataError:
    """The error for a line that is not as its format says.

    Parameters:
        where: the list and the line.
        expected: in words.
        line: as it is, or its fields.
    """
    text = line if isinstance(line, str) else ",".join(line)
    return DataError(f"{where}: expected {expected}, got '{text.strip()[:80]}'. Mend the line.")
