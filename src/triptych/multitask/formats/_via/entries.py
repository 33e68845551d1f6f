"""The entries of VIA's files, one a picture: a project, its annotations as JSON, or as CSV."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from ....frame.errors import DataError
from ....frame.storage.files import os_error_reason
from .._reading.documents import stream_json, stream_json_members
from .._reading.folders import start_of

METADATA, ATTRIBUTES = "_via_img_metadata", "_via_attributes"
COLUMNS = [
    "filename",
    "file_size",
    "file_attributes",
    "region_count",
    "region_id",
    "region_shape_attributes",
    "region_attributes",
]
LONGEST_CELL = 2**24  # characters


@dataclass(frozen=True)
class Entry:
    """What a file says of one picture, as it stands there.

    Parameters:
        key: of the entry, for problems.
        filename: of the picture.
        attributes: of the file.
        regions: pairs of "shape_attributes" and "region_attributes"; None where it is no list.
    """

    key: str
    filename: Any
    attributes: Any
    regions: list[tuple[Any, Any]] | None


def read_entries(file: Path) -> Iterator[Entry]:
    """The entries of a file, one by one.

    Parameters:
        file: JSON or CSV.

    Raises DataError.
    """
    if file.suffix.lower() == ".csv":
        yield from _csv_entries(file)
        return
    prefix = METADATA if is_project(file) else ""
    for key, value in stream_json_members(file, prefix):
        if isinstance(value, dict):
            regions = value.get("regions", [])
            # VIA 1 numbers them by keys
            listed = list(regions.values()) if isinstance(regions, dict) else regions
            pairs = [_pair(one) for one in listed] if isinstance(listed, list) else None
            yield Entry(key, value.get("filename"), value.get("file_attributes"), pairs)
        else:
            yield Entry(key, None, None, None)


def project_attributes(file: Path) -> Any:
    """The attributes that a project lists, "region" and "file"; None of another file.

    Parameters:
        file: JSON or CSV.

    Raises DataError.
    """
    is_json = file.suffix.lower() == ".json" and is_project(file)
    return next(stream_json(file, ATTRIBUTES), None) if is_json else None


def is_project(file: Path) -> bool:
    """Whether a JSON file is a project, and not its annotations alone.

    Parameters:
        file: that is looked at.
    """
    return b'"_via_' in start_of(file)


def is_via(file: Path) -> bool:
    """Whether a file begins as VIA's do.

    Parameters:
        file: JSON or CSV.
    """
    start = start_of(file)
    if file.suffix.lower() == ".csv":
        head = start.removeprefix(b"\xef\xbb\xbf").split(b"\n")[0].decode("utf-8", "replace")
        return _header(head.strip("\r#").split(",")) == COLUMNS
    return b'"_via_' in start or (b'"filename"' in start and b'"regions"' in start)


def _pair(region: Any) -> tuple[Any, Any]:
    one = region if isinstance(region, dict) else {}
    return one.get("shape_attributes"), one.get("region_attributes")


def _csv_entries(file: Path) -> Iterator[Entry]:
    csv.field_size_limit(max(csv.field_size_limit(), LONGEST_CELL))
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            rows = csv.reader(opened, strict=True)
            next(rows, None)
            numbered = ((number, row) for number, row in enumerate(rows, 2) if row)
            for filename, group in groupby(numbered, key=lambda pair: pair[1][0]):
                yield _csv_entry(filename, list(group))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"Cannot read {file} as CSV: {os_error_reason(error)}.") from error


def _csv_entry(filename: str, rows: list[tuple[int, list[str]]]) -> Entry:
    """The entry of the rows of one picture; a picture without regions has one with count 0."""
    whole = [row for _, row in rows if len(row) == len(COLUMNS)]
    key = f"row {rows[0][0]}"
    if len(whole) < len(rows):
        return Entry(key, filename, None, None)
    regions = [(_json(row[5]), _json(row[6])) for row in whole if row[3].strip() != "0"]
    return Entry(key, filename, _json(whole[0][2]), regions)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _header(names: list[str]) -> list[str]:
    return [name.strip().strip('"').lower() for name in names]
