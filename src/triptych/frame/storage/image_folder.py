"""Photos in a folder or in a zip: listed and read in place, none trusted."""

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

MAX_BYTES = 2**28  # bytes: no photo is larger, so no zip unpacks to more


@dataclass(frozen=True)
class SkippedImage:
    """A photo that is not used, and why, in one line."""

    photo: str
    reason: str

    def to_dict(self) -> dict[str, str]:
        """As JSON answers and run.json show it."""
        return {"photo": self.photo, "reason": self.reason}


def list_images(source: Path, expected: str) -> list[str]:
    """The names of all photos in a folder, in those below it, or in a zip, in order; slashes stand
    between folders. Hidden files and folders are passed over, and no photo is opened.

    Raises DataError, which says what was `expected`, for a place that cannot be read."""
    try:
        names = sorted(_list_zip(source) if source.is_file() else _list_folder(source))
    except (OSError, zipfile.BadZipFile) as error:
        reason = os_error_reason(error)
        raise DataError(f"Expected {expected}, but {source} cannot be read: {reason}.") from error
    return [name for name in names if _is_image_name(name)]


def read_bytes(source: Path, name: str) -> bytes:
    """The file of this name in a folder or a zip.

    Raises ImageError where it cannot be read, or is larger than any photo."""
    try:
        if source.is_dir():
            path = source / name
            if path.stat().st_size > MAX_BYTES:
                raise ImageError(f"{path} is larger than {MAX_BYTES >> 20} MB. Shrink it.")
            return path.read_bytes()
        status = source.stat()
        with _open_zip(source, status.st_size, status.st_mtime_ns).open(name) as file:
            found = file.read(MAX_BYTES + 1)
    except (OSError, zipfile.BadZipFile, KeyError, RuntimeError, ZlibError) as error:
        reason = os_error_reason(error)
        raise ImageError(f"Cannot read {name} in {source}: {reason}.") from error
    if len(found) > MAX_BYTES:
        raise ImageError(f"{name} unpacks to more than {MAX_BYTES >> 20} MB. Shrink it.")
    return found


@lru_cache(maxsize=4)
def _open_zip(place: Path, size: int, modified: int) -> zipfile.ZipFile:
    """A zip kept open, for its list is read anew each time it is opened (threads may share it).
    `size` and `modified` tell when to look anew."""
    return zipfile.ZipFile(place)


def _list_folder(place: Path) -> Iterator[str]:
    if not place.is_dir():
        raise FileNotFoundError(2, "no such folder")
    return (path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file())


def _list_zip(place: Path) -> list[str]:
    with zipfile.ZipFile(place) as packed:
        return [entry.filename for entry in packed.infolist() if not entry.is_dir()]


def _is_image_name(name: str) -> bool:
    path = PurePosixPath(name)
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    return not hidden and Image.registered_extensions().get(path.suffix.lower(), "") in FORMATS
