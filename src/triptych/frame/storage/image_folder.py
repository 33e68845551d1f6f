"""List and read images in a folder or in a zip, where they are; none is trusted."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from zlib import error as ZlibError

from PIL import Image

from ..errors import DataError, ImageError
from .decode import FORMATS
from .files import os_error_reason

MAX_BYTES = 2**28  # no image file is larger, so nothing in a zip unpacks to more


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


def list_images(source: Path, expected: str) -> list[str]:
    """The names of all image files in a folder, in those below it, or in a zip, sorted.

    Hidden files and folders are passed over, and no file is opened.

    Parameters:
        source: a folder or a zip.
        expected: what the error says was expected of it: "a folder of photos".

    Returns names relative to `source`, with slashes between folders. Raises DataError where it
    cannot be read.
    """
    try:
        names = sorted(_list_zip(source) if source.is_file() else _list_folder(source))
    except (OSError, zipfile.BadZipFile) as error:
        reason = os_error_reason(error)
        raise DataError(f"Expected {expected}, but {source} cannot be read: {reason}.") from error
    return [name for name in names if _is_image_name(name)]


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


def _list_folder(folder: Path) -> Iterator[str]:
    if not folder.is_dir():
        raise FileNotFoundError(2, "no such folder")
    return (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def _list_zip(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as packed:
        return [entry.filename for entry in packed.infolist() if not entry.is_dir()]


def _is_image_name(name: str) -> bool:
    path = PurePosixPath(name)
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    return not hidden and Image.registered_extensions().get(path.suffix.lower(), "") in FORMATS
