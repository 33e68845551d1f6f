"""PictureFacts: what is known of the files of all pictures of a set, kept beside its table."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from jaxtyping import Bool, Int, UInt8
from numpy import ndarray
from pyarrow import compute, parquet

from ....frame.errors import WriteError
from ....frame.storage.files import atomic_write
from ...annotated.annotated_set import AnnotatedSet
from .hashing import THUMBNAIL

FILE = "pictures.parquet"
VERSION = b"1"
NUMBERS = {
    "bytes": np.int64,  # −1 for a missing file
    "changed": np.int64,  # in nanoseconds
    "deep": np.int8,  # 1 where it was decoded whole, −1 where nothing was read
    "width": np.int32,
    "height": np.int32,
    "orientation": np.int8,
    "digest": np.int64,
    "hash": np.int64,
    "decoded": np.int8,
}
PIXELS = THUMBNAIL**2
THUMBNAIL_COLUMN, NO_THUMBNAILS = "thumbnail", ()
REPORT_EVERY = 256  # pictures


@dataclass(frozen=True)
class PictureFacts:
    """A row a picture, in the order of the set.

    Parameters:
        numbers: columns by name, as `NUMBERS` lists them; width and height are those that are
            stored, before EXIF turns the picture, and 0 where they cannot be read.
        reasons: why pictures cannot be read, by their numbers.
        thumbnails: grey, upright; a function, for they are only read where they are used.
        folder: where what follows from them may be kept.
    """

    numbers: dict[str, Int[ndarray, " images"]]
    reasons: dict[int, str]
    thumbnails: Callable[[], UInt8[ndarray, "images pixels"]]
    folder: Path

    @property
    def missing(self) -> Bool[ndarray, " images"]:
        """Whether there is no file."""
        return self.numbers["bytes"] < 0

    @property
    def has_size(self) -> Bool[ndarray, " images"]:
        """Whether the size is known."""
        return self.numbers["width"] > 0

    @property
    def is_turned(self) -> Bool[ndarray, " images"]:
        """Whether EXIF turns it on its side."""
        return self.numbers["orientation"] >= 5

    def upright_sizes(self) -> Int[ndarray, "images 2"]:
        """Width and height as EXIF turns the pictures; 0 where they cannot be read."""
        stored = np.stack([self.numbers["width"], self.numbers["height"]], 1).astype(np.int64)
        return np.where(self.is_turned[:, None], stored[:, ::-1], stored)


def read_kept(
    path: Path, keys: pa.Array, more: tuple[str, ...]
) -> tuple[PictureFacts, UInt8[ndarray, "images pixels"]]:
    """The facts in the cache, and the thumbnails where they are asked for.

    Parameters:
        path: of the file that `keep` wrote.
        keys: of the pictures, whose order is that of the result.
        more: `THUMBNAIL_COLUMN`, where thumbnails are wanted.

    Where there are none, `deep` is −1.
    """
    count = len(keys)
    numbers = {name: np.zeros(count, kind) for name, kind in NUMBERS.items()}
    numbers["deep"][:] = numbers["bytes"][:] = -1
    thumbnails = np.zeros((count if more else 0, PIXELS), np.uint8)
    facts = PictureFacts(
        numbers, {}, lambda: read_kept(path, keys, (THUMBNAIL_COLUMN,))[1], path.parent
    )
    try:
        with parquet.ParquetFile(path) as file:
            if (file.metadata.metadata or {}).get(b"version") != VERSION:
                return facts, thumbnails
            places = _places(file.read(columns=["key"])["key"].combine_chunks(), keys)
            start, columns = 0, [*NUMBERS, "reason", *more]
            for batch in file.iter_batches(16384, columns=columns):
                to = places[start : start + len(batch)]
                _take(facts, batch, to)
                if more:
                    thumbnails[to[to >= 0]] = _rows_of_bytes(batch[THUMBNAIL_COLUMN])[to >= 0]
                start += len(batch)
    except (OSError, ValueError, KeyError, pa.ArrowException):
        numbers["deep"][:] = -1
    return facts, thumbnails


def _places(stated: pa.Array, keys: pa.Array) -> Int[ndarray, " stated"]:
    """The number in `keys` of each key that is kept; −1 for what is there no more."""
    if stated.equals(keys):
        return np.arange(len(keys))
    return _functions().index_in(stated, value_set=keys).fill_null(-1).to_numpy().astype(np.int64)


def _take(facts: PictureFacts, batch: pa.RecordBatch, places: Int[ndarray, " rows"]) -> None:
    used = places >= 0
    to = places[used]
    for name in NUMBERS:
        facts.numbers[name][to] = batch[name].to_numpy()[used]
    reasons = batch["reason"]
    for row in np.flatnonzero(reasons.is_valid().to_numpy(zero_copy_only=False)).tolist():
        if places[row] >= 0:
            facts.reasons[int(places[row])] = reasons[row].as_py()


def _rows_of_bytes(column: Any) -> UInt8[ndarray, "rows pixels"]:
    flat = np.frombuffer(column.buffers()[1], np.uint8)[column.offset * PIXELS :]
    return flat[: len(column) * PIXELS].reshape(-1, PIXELS)


def keep(
    path: Path,
    keys: pa.Array,
    facts: PictureFacts,
    thumbnails: UInt8[ndarray, "images pixels"],
) -> None:
    """Write the facts; a cache that cannot be written is none.

    Parameters:
        path: of the file.
        keys: of the pictures.
        facts: of each.
        thumbnails: of each.
    """
    count = len(keys)
    columns = {
        "key": keys,
        **{name: pa.array(values) for name, values in facts.numbers.items()},
        THUMBNAIL_COLUMN: pa.FixedSizeBinaryArray.from_buffers(
            pa.binary(PIXELS), count, [None, pa.py_buffer(thumbnails)]
        ),
        "reason": pa.array([*map(facts.reasons.get, range(count))], pa.string()),
    }
    table = pa.table(columns).replace_schema_metadata({b"version": VERSION})
    try:
        with atomic_write(path) as beside:
            parquet.write_table(table, beside, compression="zstd", row_group_size=16384)
    except WriteError:
        pass


def picture_keys(annotated: AnnotatedSet) -> pa.Array:
    """A text for each picture that no other one has."""
    columns, functions = annotated.columns, _functions()
    offsets = columns["offset"].cast(pa.string())
    joined = functions.binary_join_element_wise(columns["file"], offsets, "\n")
    return joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined


def _functions() -> Any:
    return compute  # whose functions are made when it is imported
