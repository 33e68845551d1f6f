"""List and read images in a folder or in a zip, where they are; none is trusted."""

import os
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from zlib import error as ZlibError

from ..errors import DataError, ImageError
from .files import os_error_reason
from .folders.signature import START, why_no_image
from .folders.walk import is_hidden, walk_folder

MAX_BYTES = 2**28  # no image file is larger, so nothing in a zip unpacks to more
ZIP_ERRORS = (OSError, zipfile.BadZipFile, KeyError, RuntimeError, EOFError, ZlibError)

Start = Callable[[], bytes]  # reads the first bytes of a file


@dataclass(frozen=True)
class SkippedImage:
    """An image that is not used, and why, in one line.

    Parameters:
        photo: its path.
        reason: in one line, for the user.
    """

    photo: str
    reason: str

    def to_dict(self) -> dict[str, str]:
        """As JSON answers and run.json show it."""
        return {"photo": self.photo, "reason": self.reason}


@dataclass(frozen=True)
class FolderListing:
    """What there is in a folder or a zip.

    Parameters:
        names: of the images, relative to it, with slashes between folders, sorted.
        left_out: everything else that is not hidden, each with the reason.
    """

    names: tuple[str, ...]
    left_out: tuple[SkippedImage, ...]


def list_folder(source: Path, expected: str, *, recursive: bool = True) -> FolderListing:
    """The image files in a folder or a zip, and what is left out.

    No image is opened. Of a file whose name has no image's ending the first bytes are read: they
    tell whether it is one. Hidden files and folders are passed over in silence. A link to a folder
    is followed, unless that folder is read in its own place or the link leads in a circle.

    Parameters:
        source: a folder or a zip.
        expected: what the error says was expected of it: "a folder of photos".
        recursive: whether folders below it are read too.

    Raises DataError where it cannot be read.
    """
    try:
        entries = _list_zip(source) if source.is_file() else [*_list_folder(source, recursive)]
    except (OSError, zipfile.BadZipFile) as error:
        reason = os_error_reason(error)
        raise DataError(f"Expected {expected}, but {source} cannot be read: {reason}.") from error
    entries.sort()
    return FolderListing(
        tuple(name for name, reason in entries if not reason),
        tuple(
            SkippedImage(name, f"{source / name}: {reason}.") for name, reason in entries if reason
        ),
    )


def stream_folder(source: Path, expected: str) -> Iterator[tuple[str, str]]:
    """The files in a folder and those below it, one after the other, in the order of the disk.

    A million files take no more memory than a few. Hidden ones are passed over.

    Parameters:
        source: a folder.
        expected: what the error says was expected of it: "a folder of photos".

    Yields the name of each, relative to `source`, and why it is no image; "" where it is one.
    Raises DataError where the folder cannot be read.
    """
    try:
        with os.scandir(source):  # told at once, not where the first file is asked for
            pass
        yield from _list_folder(source, recursive=True)
    except OSError as error:
        reason = os_error_reason(error)
        raise DataError(f"Expected {expected}, but {source} cannot be read: {reason}.") from error


def list_images(source: Path, expected: str) -> list[str]:
    """The names of all image files in a folder, in those below it, or in a zip, sorted.

    Parameters:
        source: a folder or a zip.
        expected: what the error says was expected of it: "a folder of photos".

    Returns names relative to `source`, with slashes between folders. Raises DataError where it
    cannot be read.
    """
    return list(list_folder(source, expected).names)


def read_bytes(source: Path, name: str) -> bytes:
    """The content of one file.

    Parameters:
        source: a folder or a zip.
        name: as `list_images` gives it.

    Raises ImageError where it cannot be read, or is larger than `MAX_BYTES`.
    """
    try:
        if source.is_dir():
            path = source / name
            if path.stat().st_size > MAX_BYTES:
                raise ImageError(f"{path} is larger than {MAX_BYTES >> 20} MB. Shrink it.")
            return path.read_bytes()
        status = source.stat()
        with _open_zip(source, status.st_size, status.st_mtime_ns).open(name) as file:
            content = file.read(MAX_BYTES + 1)
    except ZIP_ERRORS as error:
        reason = os_error_reason(error)
        raise ImageError(f"Cannot read {name} in {source}: {reason}.") from error
    if len(content) > MAX_BYTES:
        raise ImageError(f"{name} unpacks to more than {MAX_BYTES >> 20} MB. Shrink it.")
    return content


@lru_cache(maxsize=4)
def _open_zip(path: Path, size: int, modified: int) -> zipfile.ZipFile:
    """A zip that stays open, for its list is read each time it is opened; threads may share it.

    `size` and `modified` are keys of the cache.
    """
    return zipfile.ZipFile(path)


def _list_folder(folder: Path, recursive: bool) -> Iterator[tuple[str, str]]:
    """Each file below a folder, with the reason why it is left out; empty for an image."""
    if not folder.is_dir():
        raise FileNotFoundError(2, "no such folder")
    for name, reason in walk_folder(folder, recursive=recursive):
        yield name, reason or _why_left_out(name, partial(_file_start, folder / name))


def _list_zip(path: Path) -> list[tuple[str, str]]:
    with zipfile.ZipFile(path) as packed:
        names = [entry.filename for entry in packed.infolist() if not entry.is_dir()]
        return [
            (name, _why_left_out(name, partial(_zip_start, packed, name)))
            for name in names
            if not is_hidden(name)
        ]


def _why_left_out(name: str, start: Start) -> str:
    try:
        return why_no_image(name, start)
    except ZIP_ERRORS as error:
        return f"cannot be read: {os_error_reason(error)}"


def _file_start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(START)


def _zip_start(packed: zipfile.ZipFile, name: str) -> bytes:
    with packed.open(name) as file:
        return file.read(START)
