"""The photos of a folder of people, one after the other: a million take no memory."""

import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from ...frame.errors import DataError
from ...frame.storage.image_folder import SkippedImage, list_folder, stream_folder

EXPECTED = "a folder with a folder of photos for each person, or a zip of it"


def stream_people(
    folder: Path, left_out: Callable[[SkippedImage], None]
) -> Iterator[tuple[str, str]]:
    """The photos of people in a folder, by the rules of `load_identities`, in no order.

    Parameters:
        folder: of a folder of photos for each person; or a zip of it, whose list is read whole.
        left_out: told of whatever else is in it.

    Yields the name of each photo, relative to the folder, and its person. Raises DataError where
    the folder cannot be read.
    """
    if folder.is_file():
        listing = list_folder(folder, EXPECTED)
        for skipped in listing.left_out:
            left_out(skipped)
        entries = ((name, "") for name in listing.names)
    else:
        entries = stream_folder(folder, EXPECTED)
    for name, reason in entries:
        person = unicodedata.normalize("NFC", PurePosixPath(name).parent.as_posix())
        reason = reason or _why_not_listed(name, person)
        if reason:
            left_out(SkippedImage(name, f"{folder / name}: {reason.rstrip('.')}."))
        else:
            yield name, person


def absolute_folder(folder: str | Path) -> str:
    """The path under which all workers of one machine find a folder.

    Raises DataError for a name that is no text, and where there is no such folder.
    """
    place = Path(folder).resolve()
    if not place.exists():
        raise DataError(f"Expected {EXPECTED}, but {folder} cannot be read: no such folder.")
    path = str(place)
    if not _is_text(path):
        raise DataError(f"The folder {path!r} has a name that is no text. Rename it.")
    return path


def _why_not_listed(name: str, person: str) -> str:
    """Why a photo cannot be in the queue; "" where it can."""
    if not _is_text(name):
        return "has a name that is no text; rename it"
    return "lies in no folder of a person" if person == "." else ""


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
