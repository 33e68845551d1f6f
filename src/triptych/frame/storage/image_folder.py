"""List and read images in a folder or in a zip, where they are; none is trusted."""

import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from zlib import error as ZlibError

from PIL import Image

from ..errors import DataError, ImageError
from .decode import HEIC_ENDINGS, HEIC_NEEDS, readable_formats
from .files import os_error_reason

MAX_BYTES = 2**28  # no image file is larger, so nothing in a zip unpacks to more

LEFT_BEHIND = ("Thumbs.db", "desktop.ini")  # by systems, in every folder of pictures


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
    """The image files in a folder or a zip, and what is left out; no file is opened.

    Hidden files and folders are passed over in silence. Links to folders are not followed.

    Parameters:
        source: a folder or a zip.
        expected: what the error says was expected of it: "a folder of photos".
        recursive: whether folders below it are read too.

    Raises DataError where it cannot be read.
    """
    try:
        entries = _list_zip(source) if source.is_file() else _list_folder(source, recursive)
    except (OSError, zipfile.BadZipFile) as error:
        reason = os_error_reason(error)
        raise DataError(f"Expected {expected}, but {source} cannot be read: {reason}.") from error
    entries = [(name, reason) for name, reason in sorted(entries) if not _is_hidden(name)]
    told = [(name, reason or _why_no_image(name)) for name, reason in entries]
    return FolderListing(
        tuple(name for name, reason in told if not reason),
        tuple(SkippedImage(name, f"{source / name}: {reason}.") for name, reason in told if reason),
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
        for name, reason in _walk(source, "", True):
            yield name, reason or _why_no_image(name)
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
    except (OSError, zipfile.BadZipFile, KeyError, RuntimeError, ZlibError) as error:
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


def _list_folder(folder: Path, recursive: bool) -> list[tuple[str, str]]:
    """Each file below a folder, with the reason why it is left out; empty for a plain file."""
    if not folder.is_dir():
        raise FileNotFoundError(2, "no such folder")
    return list(_walk(folder, "", recursive))


def _walk(folder: Path, prefix: str, recursive: bool) -> Iterator[tuple[str, str]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            name = prefix + entry.name
            if _is_hidden(name):
                continue
            is_folder = entry.is_dir()
            if entry.is_symlink() and not (is_folder or entry.is_file()):
                yield name, "a link that leads nowhere"
            elif entry.is_symlink() and is_folder:
                yield name, "a link to a folder, which is not followed; name the folder itself"
            elif is_folder and not recursive:
                yield name, "a folder in a folder; --recursive reads what is in it"
            elif is_folder:
                try:
                    yield from _walk(Path(entry.path), f"{name}/", recursive)
                except PermissionError as error:
                    yield name, f"cannot be read: {os_error_reason(error)}"
            else:
                yield name, "" if entry.is_file() else "no plain file"


def _list_zip(path: Path) -> list[tuple[str, str]]:
    with zipfile.ZipFile(path) as packed:
        return [(entry.filename, "") for entry in packed.infolist() if not entry.is_dir()]


def _is_hidden(name: str) -> bool:
    """Whether a file or a folder above it is hidden, or is one that systems leave behind."""
    parts = PurePosixPath(name).parts
    return any(part.startswith((".", "__MACOSX")) for part in parts) or parts[-1] in LEFT_BEHIND


def _why_no_image(name: str) -> str:
    """Why a file of this name is not read as an image; empty if it is."""
    ending = PurePosixPath(name).suffix.lower()
    formats = readable_formats()  # registers the endings of HEIC
    if Image.registered_extensions().get(ending, "") in formats:
        return ""
    if ending in HEIC_ENDINGS:
        return HEIC_NEEDS
    return f"{ending} is no picture that is read" if ending else "has no ending, such as .jpg"
