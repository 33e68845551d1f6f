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

LARGEST = 2**28  # bytes: no photo is larger, so no zip unpacks to more


@dataclass(frozen=True)
class SkippedImage:
    """A photo that is not used, and why, in one line."""

    photo: str
    reason: str


def list_images(place: Path, expected: str) -> list[str]:
    """The names of all photos in a folder, in those below it, or in a zip, in order; slashes stand
    between folders. Hidden files and folders are passed over, and no photo is opened.

    Raises DataError, which says what was `expected`, for a place that cannot be read."""
    try:
        names = sorted(_zipped(place) if place.is_file() else _below(place))
    except (OSError, zipfile.BadZipFile) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DataError(f"Expected {expected}, but {place} cannot be read: {reason}.") from error
    return [name for name in names if _is_photo(name)]


def read_bytes(place: Path, name: str) -> bytes:
    """The file of this name in a folder or a zip.

    Raises ImageError where it cannot be read, or is larger than any photo."""
    try:
        if place.is_dir():
            path = place / name
            if path.stat().st_size > LARGEST:
                raise ImageError(f"{path} is larger than {LARGEST >> 20} MB. Shrink it.")
            return path.read_bytes()
        status = place.stat()
        with _packed(place, status.st_size, status.st_mtime_ns).open(name) as file:
            found = file.read(LARGEST + 1)
    except (OSError, zipfile.BadZipFile, KeyError, RuntimeError, ZlibError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ImageError(f"Cannot read {name} in {place}: {reason}.") from error
    if len(found) > LARGEST:
        raise ImageError(f"{name} unpacks to more than {LARGEST >> 20} MB. Shrink it.")
    return found


@lru_cache(maxsize=4)
def _packed(place: Path, size: int, modified: int) -> zipfile.ZipFile:
    """A zip kept open, for its list is read anew each time it is opened (threads may share it).
    `size` and `modified` tell when to look anew."""
    return zipfile.ZipFile(place)


def _below(place: Path) -> Iterator[str]:
    if not place.is_dir():
        raise FileNotFoundError(2, "no such folder")
    return (path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file())


def _zipped(place: Path) -> list[str]:
    with zipfile.ZipFile(place) as packed:
        return [entry.filename for entry in packed.infolist() if not entry.is_dir()]


def _is_photo(name: str) -> bool:
    path = PurePosixPath(name)
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    return not hidden and Image.registered_extensions().get(path.suffix.lower(), "") in FORMATS
