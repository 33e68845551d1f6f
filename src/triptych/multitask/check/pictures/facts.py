"""Facts about the files of all pictures of a set, kept beside its table and read once."""

import os
import warnings
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from jaxtyping import Bool, Int, UInt8
from numpy import ndarray
from pyarrow import compute, parquet

from ....frame.errors import WriteError
from ....frame.progress import ProgressCallback, ProgressEvent, no_progress
from ....frame.storage.files import atomic_write
from ....frame.storage.read_ahead import read_ahead
from ...annotated.annotated_set import AnnotatedSet
from .hashing import THUMBNAIL, perceptual_hash, thumbnail
from .reading import Picture, PictureFile, read_picture

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
REPORT_EVERY = 256  # pictures


@dataclass(frozen=True)
class PictureFacts:
    """A row a picture, in the order of the set.

    Parameters:
        numbers: columns by name, as `NUMBERS` lists them; width and height are those that are
            stored, before EXIF turns the picture, and 0 where they cannot be read.
        thumbnails: grey, upright.
        reasons: why pictures cannot be read, by their numbers.
    """

    numbers: dict[str, Int[ndarray, " images"]]
    thumbnails: UInt8[ndarray, "images pixels"]
    reasons: dict[int, str]

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


def read_facts(
    annotated: AnnotatedSet, *, deep: bool = False, progress: ProgressCallback = no_progress
) -> PictureFacts:
    """The facts about the pictures of a set: from the cache where a file has the size and the time
    of change that it had, else read by threads.

    Parameters:
        annotated: the set.
        deep: whether pictures are decoded whole.
        progress: told how far reading is.
    """
    keys, files = _keys(annotated), _files(annotated)
    facts = _kept(annotated.path.with_name(FILE), keys)
    was = facts.numbers["bytes"].copy(), facts.numbers["changed"].copy()
    _stat(annotated, facts)
    now = facts.numbers["bytes"], facts.numbers["changed"]
    fresh = (now[0] == was[0]) & (now[1] == was[1]) & (facts.numbers["deep"] >= int(deep))
    rows = np.flatnonzero(~fresh & ~facts.missing)
    for row in np.flatnonzero(facts.missing).tolist():
        _fill(facts, row, Picture(), -1)
        facts.reasons.pop(row, None)
    if not len(rows) and (now[0] == was[0]).all():
        return facts
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Pillow, about odd files
            work = read_ahead(lambda row: read_picture(files(row), deep=deep), map(int, rows))
            for done, (row, picture) in enumerate(zip(rows.tolist(), work), 1):
                _fill(facts, row, picture, int(deep))
                if done % REPORT_EVERY == 0 or done == len(rows):
                    progress(ProgressEvent("look at pictures", done, len(rows)))
    finally:  # what was read serves another time, should this be stopped
        _keep(annotated.path.with_name(FILE), keys, facts)
    return facts


def _keys(annotated: AnnotatedSet) -> pa.Array:
    """A text for each picture that no other one has."""
    columns, functions = annotated.columns, _functions()
    offsets = columns["offset"].cast(pa.string())
    joined = functions.binary_join_element_wise(columns["file"], offsets, "\n")
    return joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined


def _files(annotated: AnnotatedSet) -> Any:
    columns = annotated.columns

    def file(row: int) -> PictureFile:
        size = columns["size"][row].as_py()
        return PictureFile(annotated.file(row), columns["offset"][row].as_py() or 0, size)

    return file


def _stat(annotated: AnnotatedSet, facts: PictureFacts) -> None:
    """Put sizes and times of change of all files into the facts."""

    @lru_cache(maxsize=64)  # many pictures may lie in one file
    def look(name: str) -> tuple[int, int]:
        try:
            status = os.stat(os.path.join(root, name))  # noqa: PTH116, PTH118 -- a million times
        except (OSError, ValueError):
            return -1, 0
        return status.st_size, status.st_mtime_ns

    root, start = str(annotated.root), 0
    for chunk in annotated.columns["file"].chunks:
        looked = np.array([look(name) for name in chunk.to_pylist()], np.int64).reshape(-1, 2)
        stop = start + len(looked)
        facts.numbers["bytes"][start:stop], facts.numbers["changed"][start:stop] = looked.T
        start = stop


def _fill(facts: PictureFacts, row: int, picture: Picture, deep: int) -> None:
    numbers = facts.numbers
    numbers["deep"][row] = deep
    numbers["width"][row], numbers["height"][row] = picture.width, picture.height
    numbers["orientation"][row], numbers["digest"][row] = picture.orientation, picture.digest
    numbers["decoded"][row] = picture.small is not None
    facts.reasons.pop(row, None)
    if picture.reason:
        facts.reasons[row] = picture.reason
    if picture.small is None:
        numbers["hash"][row], facts.thumbnails[row] = 0, 0
    else:
        unsigned = np.uint64(perceptual_hash(picture.small))
        numbers["hash"][row] = unsigned.view(np.int64)
        facts.thumbnails[row] = thumbnail(picture.small).ravel()


def _kept(path: Path, keys: pa.Array) -> PictureFacts:
    """The facts in the cache, in the order of the keys; `deep` is −1 where there are none."""
    count = len(keys)
    numbers = {name: np.zeros(count, kind) for name, kind in NUMBERS.items()}
    numbers["deep"][:] = -1
    facts = PictureFacts(numbers, np.zeros((count, PIXELS), np.uint8), {})
    try:
        with parquet.ParquetFile(path) as file:
            if (file.metadata.metadata or {}).get(b"version") != VERSION:
                return facts
            start = 0
            stated = file.read(columns=["key"])["key"].combine_chunks()
            places = _places(stated, keys)
            for batch in file.iter_batches(16384):
                to = places[start : start + len(batch)]
                _take(facts, batch, to)
                start += len(batch)
    except (OSError, ValueError, KeyError, pa.ArrowException):
        numbers["deep"][:] = -1
    return facts


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
    column = batch["thumbnail"]
    flat = np.frombuffer(column.buffers()[1], np.uint8)[column.offset * PIXELS :]
    facts.thumbnails[to] = flat[: len(batch) * PIXELS].reshape(-1, PIXELS)[used]
    reasons = batch["reason"]
    for row in np.flatnonzero(reasons.is_valid().to_numpy(zero_copy_only=False)).tolist():
        if places[row] >= 0:
            facts.reasons[int(places[row])] = reasons[row].as_py()


def _keep(path: Path, keys: pa.Array, facts: PictureFacts) -> None:
    """Write the facts; a cache that cannot be written is none."""
    count = len(keys)
    columns = {
        "key": keys,
        **{name: pa.array(values) for name, values in facts.numbers.items()},
        "thumbnail": pa.FixedSizeBinaryArray.from_buffers(
            pa.binary(PIXELS), count, [None, pa.py_buffer(facts.thumbnails)]
        ),
        "reason": pa.array([*map(facts.reasons.get, range(count))], pa.string()),
    }
    table = pa.table(columns).replace_schema_metadata({b"version": VERSION})
    try:
        with atomic_write(path) as beside:
            parquet.write_table(table, beside, compression="zstd", row_group_size=16384)
    except WriteError:
        pass


def _functions() -> Any:
    return compute  # whose functions are made when it is imported
