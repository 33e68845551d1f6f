"""Vectors in tables, Parquet or CSV, whose columns are named."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ...frame.dependencies import requires
from ...frame.errors import DataError
from ...frame.storage.files import os_error_reason
from .batch import ROWS, FaceBatch, VectorFile, plain_batch
from .export import KEY

LARGEST_FIELD = 2**20  # characters of a field in a CSV


def open_parquet(path: Path, person: str, vector: str) -> VectorFile:
    """A Parquet file with a column of names and one of lists of numbers, all of one length.

    Columns photo, digest, face, quality, source and recipe are read where they are, as
    `export_gallery` writes them.

    Parameters:
        path: of the file.
        person: the column of names.
        vector: the column of vectors.

    Raises MissingDependencyError without pyarrow, DataError for a file that is damaged or another.
    """
    with requires("Parquet", "pyarrow", "triptych[parquet]"):
        import pyarrow as pa
        from pyarrow import parquet

    def opened() -> Any:
        return parquet.ParquetFile(path, buffer_size=2**20, pre_buffer=False)

    try:
        with opened() as file:
            schema, rows = file.schema_arrow, file.metadata.num_rows
            _check_columns(path, schema.names, person, vector)
            about = _about(schema.metadata or {})
            first = next(file.iter_batches(1, columns=[vector]), None)
    except (pa.ArrowException, UnicodeDecodeError, OSError) as error:
        raise _unreadable(path, error) from error
    if not rows or first is None:
        raise DataError(f"{path} holds no row.")
    size = _vectors(first.column(0), None, path, 0).shape[1]

    def batches() -> Iterator[FaceBatch]:
        names = [person, vector, *(c for c in OPTIONAL if c in schema.names)]
        row = 0
        try:
            with opened() as file:
                for batch in file.iter_batches(ROWS, columns=names):
                    columns = dict(zip(batch.schema.names, batch.columns))
                    vectors = _vectors(columns[vector], size, path, row)
                    yield _batch(columns, vectors, person, path, row)
                    row += len(batch)
        except (pa.ArrowException, UnicodeDecodeError, OSError) as error:
            raise _unreadable(path, error) from error

    recipes = about.get("recipes")
    recipes = recipes if isinstance(recipes, dict) else {}
    return VectorFile(str(path), str(about.get("encoder") or ""), size, batches, recipes)


OPTIONAL = {"photo": "", "digest": "", "face": 0, "quality": None, "source": "", "recipe": ""}


def open_csv(path: Path, person: str, vector: str) -> VectorFile:
    """A CSV with a column of names and one of numbers, as [0.1, 0.2] or apart by blanks.

    Parameters:
        path: of the file, with a heading.
        person: the column of names.
        vector: the column of vectors.

    Raises DataError for a file that is damaged or another.
    """

    def rows() -> Iterator[tuple[str, str, np.ndarray]]:
        csv.field_size_limit(LARGEST_FIELD)
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                reader = csv.DictReader(file)
                _check_columns(path, reader.fieldnames or [], person, vector)
                for row in reader:
                    numbers = _numbers(row[vector], path, reader.line_num)
                    yield row[person] or "", row.get("photo") or "", numbers
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise _unreadable(path, error) from error

    first = next(rows(), None)
    if first is None:
        raise DataError(f"{path} holds no row.")
    size = len(first[2])

    def batches() -> Iterator[FaceBatch]:
        part: list[tuple[str, str, np.ndarray]] = []
        for number, row in enumerate(rows(), 1):
            if len(row[2]) != size:
                raise DataError(
                    f"{path}, row {number}: {len(row[2])} numbers, and {size} in the first. Give "
                    "vectors of one encoder."
                )
            part.append(row)
            if len(part) == ROWS:
                yield _csv_batch(part)
                part = []
        if part:
            yield _csv_batch(part)

    return VectorFile(str(path), "", size, batches)


def _csv_batch(rows: list[tuple[str, str, np.ndarray]]) -> FaceBatch:
    people, photos, vectors = zip(*rows)
    return plain_batch(np.stack(vectors), [*people], [*photos])


def _numbers(text: str | None, path: Path, line: int) -> np.ndarray:
    try:
        words = (text or "").strip(" []()").replace(",", " ").split()
        if not words:
            raise ValueError("no numbers")
        return np.array(words, np.float64)
    except ValueError as error:
        shown = " ".join((text or "").split())[:40]
        raise DataError(f"{path}, line {line}: expected numbers, got '{shown}'.") from error


def _check_columns(path: Path, names: Any, person: str, vector: str) -> None:
    for name, option in ((person, "--person-column"), (vector, "--vector-column")):
        if name not in names:
            raise DataError(
                f"{path} has no column '{name}', but {', '.join(map(str, names[:12]))}. Say which: "
                f"{option} NAME."
            )


def _about(metadata: Any) -> dict[str, Any]:
    """What a file says of itself; nothing where it is not of triptych."""
    try:
        about = json.loads(metadata.get(KEY, b"{}"))
    except ValueError:
        return {}
    return about if isinstance(about, dict) else {}


def _vectors(column: Any, size: int | None, path: Path, row: int) -> np.ndarray:
    """The vectors in a column of lists, (N, D)."""
    import pyarrow as pa
    from pyarrow import compute as functions

    kinds = (pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list)
    if not any(is_kind(column.type) for is_kind in kinds) or not (
        pa.types.is_floating(column.type.value_type)
    ):
        raise DataError(f"{path}: expected lists of floats as vectors, got {column.type}.")
    lengths = functions.call_function("list_value_length", [column]).to_numpy(zero_copy_only=False)
    size = int(lengths[0]) if size is None and lengths[0] > 0 else size
    wrong = np.flatnonzero(lengths != size)  # NaN for none at all
    if len(wrong) or not size:
        at = int(wrong[0]) if len(wrong) else 0
        raise DataError(f"{path}, row {row + at + 1}: expected {size} numbers, got {lengths[at]}.")
    values = column.flatten()  # a missing number becomes NaN, which is refused as such
    return values.to_numpy(zero_copy_only=False).astype(np.float64).reshape(-1, size)


def _batch(
    columns: dict[str, Any], vectors: np.ndarray, person: str, path: Path, row: int
) -> FaceBatch:
    people = _words(columns[person])
    if None in people:
        raise DataError(f"{path}, row {row + people.index(None) + 1}: a name is missing.")
    rest: dict[str, list[Any]] = {}
    for name, missing in OPTIONAL.items():
        values: list[Any] = [None] * len(people)
        if name in columns and name != person:
            is_text = isinstance(missing, str)
            values = _words(columns[name]) if is_text else columns[name].to_pylist()
        rest[name] = [missing if value is None else value for value in values]
    if not all(isinstance(face, int) and face >= 0 for face in rest["face"]):
        raise DataError(f"{path}: expected the numbers of faces in the column 'face'.")
    if not all(isinstance(quality, float | None) for quality in rest["quality"]):
        raise DataError(f"{path}: expected fractions in the column 'quality'.")
    order = ("photo", "digest", "face", "quality", "source", "recipe")
    return FaceBatch(vectors, people, *(rest[name] for name in order))


def _words(column: Any) -> list[Any]:
    import pyarrow as pa

    return column.cast(pa.string()).to_pylist()


def _unreadable(path: Path, error: Exception) -> DataError:
    reason = " ".join(os_error_reason(error).split()).rstrip(".")[:200]
    return DataError(f"Expected a table of vectors in {path}, but it cannot be read: {reason}.")
