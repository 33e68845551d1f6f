"""Hugging Face image tables: Parquet files with the bytes of pictures in them."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from ...frame.errors import DataError, ImageError
from ...frame.progress import ProgressCallback, ProgressEvent, no_progress
from ...frame.storage.files import os_error_reason
from ...frame.storage.folders.walk import is_hidden
from ..structures.annotated_image import AnnotatedImage
from ..structures.import_problems import ImportProblems
from ._embedded.blob_writer import BlobWriter
from ._embedded.masks import SAMPLES, EmbeddedMasks
from ._embedded.objects import read_objects
from ._format import Format, Vocabulary
from ._huggingface.features import Features, features_of
from ._reading.documents import finite
from ._reading.folders import some_files
from ._reading.splits import split_in, split_of

BATCH = 64  # rows in memory, with their pictures
ENDING = ".parquet"
UNREADABLE = (OSError, UnicodeDecodeError, pa.ArrowException)


class Huggingface(Format):
    """Parquet files of pictures as `datasets` writes them: bytes and path, and the names of classes
    in the file. Pictures are copied out once, into the cache, so that any one is read at once.
    """

    title = "Hugging Face Parquet"

    def __init__(self, path: Path, problems: ImportProblems, scratch: Path):
        super().__init__(path, problems, scratch)
        self._counts: dict[Path, int] = {}
        self._names: dict[str, tuple[str, ...]] = {}
        self._label_column: str | None = None
        self._blobs = BlobWriter(scratch)
        self._masks = EmbeddedMasks(self.root, scratch, problems)

    @classmethod
    def recognizes(cls, path: Path) -> int:
        """3 where the first Parquet file has a column with the bytes of pictures."""
        try:
            first = next(iter(_tables(path, quick=True)), None)
            return 3 if first and features_of(parquet.read_schema(first)) else 0
        except UNREADABLE:
            return 0

    def read(self, progress: ProgressCallback = no_progress) -> Iterator[AnnotatedImage]:
        """The pictures in the order of files and rows.

        Parameters:
            progress: told how far it is, in rows.

        Raises DataError where no file can be read.
        """
        tables = _tables(self.path)
        readable = [table for table in tables if self._rows(table)]
        if not readable:
            raise DataError(f"There is no Parquet file that can be read in {self.path}.")
        total, done = sum(map(self._rows, readable)), 0
        for table in readable:
            schema = parquet.read_schema(table)
            features = features_of(schema)
            if features is None:
                detail = f"no column holds pictures, but {', '.join(schema.names)}"
                self.problems.add("no pictures", table.name, detail[:300], "file left out")
                continue
            self._names.update(features.names)
            self._label_column = self._label_column or features.label
            if features.mask and self._masks.meaning is None:
                self._masks.decide(_contents(table, features.mask))
            for number, row in self._stream(table, features):
                yield from self._image(row, f"{table.name}, row {number}", features, _split(table))
                done += 1
                if done % BATCH == 0 or done == total:
                    progress(ProgressEvent("read Parquet", done, total))

    def files(self) -> Iterator[Path]:
        """The Parquet files."""
        return iter(_tables(self.path))

    @property
    def vocabulary(self) -> Vocabulary:
        """The classes as the files number them, and the values of attributes."""
        classes: list[str] = []
        attributes: dict[str, tuple[str, ...]] = {}
        for path, names in self._names.items():
            if path == self._label_column or "." in path:
                classes += names
            else:
                attributes[path] = names
        return Vocabulary(tuple(dict.fromkeys([*classes, *self._masks.classes])), attributes)

    def _rows(self, table: Path) -> int:
        """How many rows a file has; 0 for one that cannot be read, which is told once."""
        if table not in self._counts:
            try:
                self._counts[table] = parquet.read_metadata(table).num_rows
            except UNREADABLE as error:
                self._counts[table] = 0
                detail = f"it cannot be read as Parquet: {_reason(error)}"
                self.problems.add("damaged file", table.name, detail, "file left out")
        return self._counts[table]

    def _stream(self, table: Path, features: Features) -> Iterator[tuple[int, dict[str, Any]]]:
        number = 0
        try:
            with parquet.ParquetFile(table) as file:
                for batch in file.iter_batches(BATCH, columns=features.used):
                    for row in batch.to_pylist():
                        yield number, row
                        number += 1
        except UNREADABLE as error:
            place, detail = f"{table.name}, row {number}", f"it cannot be read on: {_reason(error)}"
            self.problems.add("damaged file", place, detail, "file left out")

    def _image(
        self, row: dict[str, Any], place: str, features: Features, split: str | None
    ) -> Iterator[AnnotatedImage]:
        content, name = _bytes_and_path(row[features.image])
        if not content:
            detail = f"it holds no pixels{f', only the path {name[:200]}' if name else ''}"
            self.problems.add("picture without bytes", place, detail, "image left out")
            return
        sides = [finite(row[side]) for side in features.size]
        size = (int(sides[0] or 0), int(sides[1] or 0)) if len(sides) == 2 and all(sides) else None
        things = mask = None
        if features.mask:
            mask, things = self._mask(row[features.mask], place)
        if features.objects:
            names = self._category_names(features)
            stored = row[features.objects]
            things = read_objects(
                stored, place, size, lambda value: _named(value, names), self.problems
            )
        file, offset = self._blobs.append(content)
        yield AnnotatedImage(
            file,
            *(size or (None, None)),
            label=self._class(row, features.label),
            attributes={
                column: value
                for column in features.attributes
                if (value := self._class(row, column)) is not None
            },
            group=_text(row[features.group]) if features.group else None,
            split=(split_of(_text(row[features.split])) if features.split else None) or split,
            objects=things,
            mask=mask,
            offset=offset,
            size=len(content),
            name=name or place,
        )

    def _mask(self, cell: Any, place: str) -> tuple[Any, Any]:
        content, _ = _bytes_and_path(cell)
        try:
            return self._masks.read(content) if content else (None, None)
        except ImageError as error:
            self.problems.add("mask not usable", place, str(error), "object left out")
            return None, None

    def _class(self, row: dict[str, Any], column: str | None) -> str | None:
        if column is None:
            return None
        return _named(row[column], self._names.get(column, ()))

    def _category_names(self, features: Features) -> tuple[str, ...]:
        below = f"{features.objects}."
        return next((names for path, names in self._names.items() if path.startswith(below)), ())


def _tables(path: Path, *, quick: bool = False) -> list[Path]:
    """The Parquet files at a path: itself, or those below the folder; quickly, some of them."""
    if path.is_file():
        return [path] if path.suffix.lower() == ENDING else []
    if quick:
        return [path / name for name in some_files(path) if name.lower().endswith(ENDING)]
    files = (file for file in path.rglob("*") if file.suffix.lower() == ENDING)
    return sorted(file for file in files if not is_hidden(file.relative_to(path).as_posix()))


def _split(table: Path) -> str | None:
    """As the name of the file says it, or that of its folder."""
    return split_in(table.stem) or split_of(table.parent.name)


def _contents(table: Path, column: str) -> Iterator[bytes]:
    """The bytes of some pictures in a column."""
    with parquet.ParquetFile(table) as file:
        rows = (
            row for batch in file.iter_batches(BATCH, columns=[column]) for row in batch.to_pylist()
        )
        for row in islice(rows, SAMPLES):
            if content := _bytes_and_path(row[column])[0]:
                yield content


def _bytes_and_path(cell: Any) -> tuple[bytes, str]:
    if isinstance(cell, dict):
        return cell.get("bytes") or b"", cell.get("path") or ""
    return (cell if isinstance(cell, bytes) else b""), ""


def _named(value: Any, names: tuple[str, ...]) -> str | None:
    """The name of a class by its number; -1 and what is empty is none."""
    if isinstance(value, int) and not isinstance(value, bool) and (names or value == -1):
        return names[value] if 0 <= value < len(names) else None
    return _text(value)


def _text(value: Any) -> str | None:
    return str(value).strip() or None if isinstance(value, (str, int)) else None


def _reason(error: Exception) -> str:
    return " ".join(os_error_reason(error).split())
