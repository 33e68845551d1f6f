"""Open a path of the user as annotated images: from the table in the cache, or by reading it."""

import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock

from ...frame.errors import DataError
from ...frame.progress import ProgressCallback, no_progress
from ...frame.storage.assets import cache_folder
from ...frame.storage.files import atomic_write, make_folder, os_error_reason, write_text
from ..formats import FORMATS, recognize
from ..formats._format import Format
from ..structures.annotated_image import AnnotatedImage
from ..structures.import_problems import ImportProblems
from .annotated_set import AnnotatedSet
from .table_writer import VERSION, TableWriter

TABLE, STATE, SCRATCH = "table.parquet", "state.txt", "unpacked"


def open_annotated(
    path: str | Path,
    format: str | None = None,
    *,
    strict: bool = False,
    progress: ProgressCallback = no_progress,
) -> AnnotatedSet:
    """The annotated images at a path.

    They are read once; the table that is kept in the cache serves as long as the annotation files
    have the same sizes and times of change.

    Parameters:
        path: a folder or an annotation file.
        format: a name in `FORMATS`; by default told by what lies there.
        strict: whether anything that is wrong raises, instead of being left out and told.
        progress: told how far reading is.

    Raises UnknownNameError for a format that is none, DataError where there is nothing to read,
    ConfigError where it could be several formats, WriteError for a cache that cannot be written.
    """
    place = Path(path).expanduser().absolute()
    name = format or recognize(place)
    kind = FORMATS[name]
    if not place.exists():
        raise DataError(f"There is no file or folder {path}. Check the path.")
    folder = table_folder(place, name)
    make_folder(folder)
    with FileLock(folder.with_suffix(".lock")):
        problems = ImportProblems(strict=strict)
        reader = kind(place, problems, folder / SCRATCH)
        state = _state(reader)
        kept = _kept(folder, state)
        if kept is not None and not (strict and _is_faulty(kept)):
            return kept
        shutil.rmtree(folder, ignore_errors=True)
        make_folder(folder / SCRATCH)
        _read(reader, folder / TABLE, name, progress)
        write_text(folder / STATE, state)
    return AnnotatedSet(folder / TABLE)


def table_folder(path: Path, format: str) -> Path:
    """Where the table of a path is kept; it need not be there.

    Parameters:
        path: absolute.
        format: a name in `FORMATS`.
    """
    key = hashlib.sha256(json.dumps([str(path), format]).encode()).hexdigest()[:16]
    return cache_folder() / "annotated" / f"{path.name[:40]}-{key}"


def _read(reader: Format, table: Path, name: str, progress: ProgressCallback) -> None:
    writer = TableWriter(reader.root, reader.problems)
    images = reader.read(progress)
    facts = {"format": name, "root": str(reader.root)}
    with atomic_write(table) as beside:
        writer.write(beside, _told(images), lambda: reader.vocabulary, **facts)
        if not writer.images:
            some = "; ".join(map(str, reader.problems.examples[:2]))
            raise DataError(
                f"No picture of {reader.path} can be used as {reader.title}. "
                f"{some or 'Check the path, or say --format.'}"
            )


def _told(images: Iterator[AnnotatedImage]) -> Iterator[AnnotatedImage]:
    """The images; what the system refuses meanwhile is told in words."""
    try:
        yield from images
    except OSError as error:
        raise DataError(f"Cannot read {error.filename}: {os_error_reason(error)}.") from error


def _state(reader: Format) -> str:
    """Changes with the sizes and times of change of the files that say what is true."""
    digest = hashlib.sha256(f"{VERSION}".encode())
    try:
        for file in reader.files():
            status = file.stat()
            digest.update(
                f"{file}\0{status.st_size}\0{status.st_mtime_ns}\0".encode("utf8", "replace")
            )
    except OSError as error:
        raise DataError(f"Cannot read {error.filename}: {os_error_reason(error)}.") from error
    return digest.hexdigest()


def _kept(folder: Path, state: str) -> AnnotatedSet | None:
    """The table in the cache; None where it is not there, not whole, or of other files."""
    try:
        if (folder / STATE).read_text() == state:
            return AnnotatedSet(folder / TABLE)
    except (OSError, DataError):
        pass
    return None


def _is_faulty(kept: AnnotatedSet) -> bool:
    return any(outcome != "noticed" for _, outcome in kept.problems.counts)
