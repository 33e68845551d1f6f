"""Which group each photo belongs to, read from a CSV that names people or photos."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ....frame.errors import DataError
from ....frame.storage.files import os_error_reason
from ...photos.identity_folder import ImageFile

KEYS = ("person", "photo")
NAMED = 5  # names that a message lists


@dataclass(frozen=True)
class PhotoGroups:
    """The groups of photos.

    Parameters:
        groups: of each photo, "" for one that the file does not name.
        unknown: names in the file that no person or photo has.
        ungrouped: people with photos that the file does not name.
    """

    groups: tuple[str, ...]
    unknown: tuple[str, ...]
    ungrouped: tuple[str, ...]

    def remarks(self) -> list[str]:
        """What does not fit, in a sentence each."""
        said = []
        if self.unknown:
            said.append(f"Groups: no photos of {_listed(self.unknown)}, named in the file.")
        if self.ungrouped:
            said.append(f"Groups: {_listed(self.ungrouped)} without a group.")
        return said


def load_groups(path: str | Path, photos: Sequence[ImageFile]) -> PhotoGroups:
    """The groups a CSV gives photos: the header is `person,group` or `photo,group`.

    Parameters:
        path: of the file: text in UTF-8, apart by commas, semicolons or tabs.
        photos: those to be grouped.

    Raises DataError for a file that cannot be read, another header, a row of another length, an
    empty group, a name with two groups, or a file of which no name is known.
    """
    rows = _read(Path(path))
    key = "person" if rows[0][1][0] == "person" else "photo"
    named: dict[str, str] = {}
    for line, (name, group) in rows[1:]:
        if named.setdefault(name, group) != group:
            raise DataError(
                f"{path}, line {line}: {name} is in the groups '{named[name]}' and '{group}'. "
                "Give each one group."
            )
    if key == "person":
        keys = [[photo.person] for photo in photos]
    else:
        keys = [[photo.name, str(PurePosixPath(photo.name).with_suffix(""))] for photo in photos]
    groups = [next((named[one] for one in each if one in named), "") for each in keys]
    if not any(groups):
        raise DataError(
            f"{path} names no {key} of the folder; it has, for one, '{keys[0][0]}'. Use its names."
        )
    known = {one for each in keys for one in each}
    unknown = tuple(name for name in named if name not in known)
    without = {photo.person: 0 for photo, group in zip(photos, groups) if not group}
    return PhotoGroups(tuple(groups), unknown, tuple(without))


def _read(path: Path) -> list[tuple[int, list[str]]]:
    """The rows of two cells each with their line, the header first."""
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise DataError(f"Cannot read the groups {path}: {os_error_reason(error)}.") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is no text in UTF-8. Save it as CSV UTF-8.") from error
    first = text.partition("\n")[0].strip()
    delimiter = next((sign for sign in ";\t" if sign in first), ",")
    try:
        reader = csv.reader(text.splitlines(), delimiter=delimiter, strict=True)
        rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    except csv.Error as error:
        raise DataError(f"{path} is no CSV: {error}.") from error
    rows = [(line, row) for line, row in rows if any(row)]
    header = [cell.lower() for cell in rows[0][1]] if rows else []
    if header not in [[key, "group"] for key in KEYS]:
        raise DataError(
            f"{path}: expected the header person,group or photo,group, got '{first[:60]}'."
        )
    for line, row in rows[1:]:
        if len(row) != 2 or not all(row):
            raise DataError(
                f"{path}, line {line}: expected a {header[0]} and its group, got {row}. Mend it."
            )
    return [(rows[0][0], header), *rows[1:]]


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
