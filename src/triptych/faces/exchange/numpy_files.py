"""Vectors in NumPy's files, read piece by piece and without pickle."""

import csv
import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any
from zlib import error as ZlibError

import numpy as np

from ...frame.errors import DataError
from ...frame.storage.files import os_error_reason
from .batch import ROWS, FaceBatch, VectorFile, plain_batch

UNREADABLE = (ValueError, OSError, EOFError, KeyError, OverflowError, SyntaxError, ZlibError)
LONGEST_TEXT = 4096  # characters of a name in an array of text
NAME_COLUMNS = ("person", "name", "label", "identity")


class ArrayReader:
    """An array in NumPy's format, read some rows at a time."""

    def __init__(self, file: Any):
        """
        Parameters:
            file: open for reading bytes, at the beginning of the array.

        Raises ValueError for what is no array, is one of Python objects, or in Fortran's order.
        """
        version = np.lib.format.read_magic(file)
        headers = {
            (1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0,
        }
        if version not in headers:
            raise ValueError("an array of a newer format")
        self.shape, fortran, self.dtype = headers[version](file)
        if self.dtype.hasobject:
            raise ValueError("an array of Python objects, which are never read")
        if fortran and len(self.shape) > 1:
            raise ValueError("an array in Fortran's order; save numpy.ascontiguousarray of it")
        if self.dtype.kind == "U" and self.dtype.itemsize > 4 * LONGEST_TEXT:
            raise ValueError("an array of very long names")
        self._file = file

    def read(self, rows: int) -> np.ndarray:
        """The next rows. Raises ValueError where the file ends too early."""
        shape = (rows, *self.shape[1:])
        size = int(np.prod(shape)) * self.dtype.itemsize
        content = self._file.read(size)
        if len(content) != size:
            raise ValueError("it ends too early")
        return np.frombuffer(content, self.dtype).reshape(shape)


def open_npz(path: Path, names: Path | None) -> VectorFile:
    """The encodings that `triptych faces encode --out` wrote.

    Parameters:
        path: of the .npz.
        names: a file of the rows' names, where the encodings have none.

    Raises DataError for a file that is damaged or another.
    """
    expected = "encodings as `triptych faces encode --out` writes them"
    try:
        with zipfile.ZipFile(path) as packed:
            with packed.open("encoder.npy") as file:
                encoder = str(ArrayReader(file).read(1)[0])
            with packed.open("vectors.npy") as file:
                shape = _check_vectors(ArrayReader(file))
    except (*UNREADABLE, zipfile.BadZipFile, RuntimeError) as error:
        raise _unreadable(path, expected, error) from error

    def batches() -> Iterator[FaceBatch]:
        given = None if names is None else read_names(names, shape[0])
        with zipfile.ZipFile(path) as packed:
            files = [packed.open(f"{name}.npy") for name in ("vectors", "photos", "people")]
            readers = [ArrayReader(file) for file in files]
            if {reader.shape[0] for reader in readers} != {shape[0]}:
                raise ValueError("its arrays differ in length")
            for start in range(0, shape[0], ROWS):
                count = min(ROWS, shape[0] - start)
                vectors, photos, people = (reader.read(count) for reader in readers)
                who = people.tolist() if given is None else [*islice(given, count)]
                yield plain_batch(vectors, [str(p) for p in who], [str(p) for p in photos.tolist()])

    return VectorFile(str(path), encoder, shape[1], _told(batches, path, expected))


def open_npy(path: Path, names: Path | None) -> VectorFile:
    """Vectors in a plain array, with a file of their names.

    Parameters:
        path: of the .npy, (N, D).
        names: a file of N names.

    Raises DataError for a file that is damaged or another, and without names.
    """
    expected = "an array of vectors"
    if names is None:
        raise DataError(f"{path} does not say whose its vectors are. Name them: --names names.csv.")
    try:
        with path.open("rb") as file:
            shape = _check_vectors(ArrayReader(file))
    except UNREADABLE as error:
        raise _unreadable(path, expected, error) from error

    def batches() -> Iterator[FaceBatch]:
        given = read_names(names, shape[0])
        with path.open("rb") as file:
            reader = ArrayReader(file)
            for start in range(0, shape[0], ROWS):
                count = min(ROWS, shape[0] - start)
                yield plain_batch(reader.read(count), [*islice(given, count)])

    return VectorFile(str(path), "", shape[1], _told(batches, path, expected))


def read_names(path: Path, rows: int) -> Iterator[str]:
    """A name for each row: lines of text, or a CSV headed person, name, label or identity.

    Parameters:
        path: of the file.
        rows: how many names there must be.

    Raises DataError for a file that cannot be read, or has fewer or more.
    """
    count = 0
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.reader(file) if path.suffix.lower() == ".csv" else ([x] for x in file)
            place = 0
            for number, line in enumerate(lines):
                fields = [field.strip() for field in line]
                heading = [field.lower() for field in fields]
                if number == 0 and path.suffix.lower() == ".csv" and set(heading) & {*NAME_COLUMNS}:
                    place = next(heading.index(c) for c in NAME_COLUMNS if c in heading)
                    continue
                count += 1
                if len(fields) <= place or not fields[place]:
                    raise DataError(f"{path}, line {number + 1}: expected a name, got none.")
                yield fields[place]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"Cannot read the names in {path}: {os_error_reason(error)}.") from error
    if count != rows:
        raise DataError(f"{path} has {count} names for {rows} vectors. Give each one.")


def _check_vectors(reader: ArrayReader) -> tuple[int, int]:
    if len(reader.shape) != 2 or reader.dtype.kind != "f" or 0 in reader.shape:
        raise ValueError(f"an array of {reader.dtype} and shape {reader.shape}")
    return reader.shape  # type: ignore[return-value]


def _told(batches: Any, path: Path, expected: str) -> Any:
    """The same, with errors in one line."""

    def read() -> Iterator[FaceBatch]:
        try:
            yield from batches()
        except (*UNREADABLE, zipfile.BadZipFile, RuntimeError) as error:
            raise _unreadable(path, expected, error) from error

    return read


def _unreadable(path: Path, expected: str, error: Exception) -> DataError:
    reason = " ".join(os_error_reason(error).split()).rstrip(".")
    return DataError(f"Expected {expected} in {path}, but it cannot be read: {reason}.")
