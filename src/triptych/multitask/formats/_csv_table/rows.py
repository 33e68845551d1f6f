"""Rows of CSV and Parquet files, one after the other; damaged ones are told."""

import csv
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from ....frame.errors import DataError
from ....frame.storage.files import os_error_reason
from ...structures.import_problems import ImportProblems
from .._reading.folders import looks_like_picture

TEXT_ENDINGS = (".csv", ".tsv")
ENDINGS = (*TEXT_ENDINGS, ".parquet")
DELIMITERS = ",;\t|"
BATCH = 4096  # rows of a Parquet file at a time
MOST_HEADER = 2**16  # characters of a first line
AUTOML = ("set", "path", "label", "x1", "y1", "2", "3", "x2", "y2", "4", "5")  # has no header
AUTOML_SETS = ("TRAIN", "TRAINING", "VALIDATION", "VALIDATE", "TEST", "UNASSIGNED")

Row = dict[str, Any]


def is_automl(header: Sequence[str]) -> bool:
    """Whether the first row of a table is one of Google's AutoML, which has no header.

    Parameters:
        header: the first row.
    """
    is_set = len(header) in (3, len(AUTOML)) and header[0] in (*AUTOML_SETS, "")
    return is_set and looks_like_picture(header[1])


def read_header(path: Path) -> list[str]:
    """The first row of a CSV file, or the names of the columns of a Parquet file.

    Parameters:
        path: of the table.

    Raises DataError where there is none.
    """
    try:
        if path.suffix.lower() == ".parquet":
            return list(parquet.read_schema(path).names)
        with path.open("rb") as file:
            first = file.readline(MOST_HEADER).decode("utf-8-sig")
        cells = next(csv.reader([first], delimiter=_delimiter(first)), [])
    except (OSError, UnicodeDecodeError, csv.Error, pa.ArrowException) as error:
        raise _damaged(path, error) from error
    if not any(cells):
        raise DataError(f"{path} has no first row with names of columns.")
    return [cell.strip() for cell in cells]


def stream_rows(
    path: Path, columns: Sequence[str], problems: ImportProblems
) -> Iterator[tuple[int, Row]]:
    """The rows of a table by the names of its columns, each with its number; the header is row 1.

    Parameters:
        path: of a CSV file in UTF-8 or a Parquet file.
        columns: that are needed.
        problems: told of rows that are damaged. Of a file that ends in the midst of it, what
            comes before is read.
    """
    is_parquet = path.suffix.lower() == ".parquet"
    number = 1
    try:
        rows = _parquet_rows(path, columns) if is_parquet else _text_rows(path, problems)
        for number, row in rows:
            yield number, row
    except (OSError, UnicodeDecodeError, csv.Error, pa.ArrowException) as error:
        detail = f"it cannot be read on: {_reason(error)}"
        problems.add("damaged table", f"{path.name}, row {number + 1}", detail, "file left out")


def _text_rows(path: Path, problems: ImportProblems) -> Iterator[tuple[int, Row]]:
    header = read_header(path)
    automl = is_automl(header)
    names = list(AUTOML[: len(header)]) if automl else header
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        delimiter = _delimiter(file.readline(MOST_HEADER))
        file.seek(0)
        rows = csv.reader(file, delimiter=delimiter, strict=True)
        for number, cells in enumerate(islice(rows, 0 if automl else 1, None), 1 if automl else 2):
            place = f"{path.name}, row {number}"
            if len(cells) != len(names) and any(cells):
                detail = f"expected {len(names)} cells, got {len(cells)}"
                problems.add("row of another length", place, detail, "object left out")
            elif any(map(_has_other_bytes, cells)):
                detail = "it is not in UTF-8; save the table as UTF-8"
                problems.add("row of another encoding", place, detail, "object left out")
            elif cells:
                yield number, dict(zip(names, cells, strict=True))


def _parquet_rows(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, Row]]:
    with parquet.ParquetFile(path) as file:
        number = 2
        for batch in file.iter_batches(BATCH, columns=list(dict.fromkeys(columns))):
            for row in batch.to_pylist():
                yield number, row
                number += 1


def _has_other_bytes(cell: str) -> bool:
    return not cell.isascii() and any("\udc80" <= letter <= "\udcff" for letter in cell)


def _delimiter(line: str) -> str:
    return max(DELIMITERS, key=line.count)


def _reason(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "it is not in UTF-8; save it as UTF-8"
    return " ".join(os_error_reason(error).split())


def _damaged(path: Path, error: Exception) -> DataError:
    return DataError(f"Cannot read {path} as a table: {_reason(error)}.")
