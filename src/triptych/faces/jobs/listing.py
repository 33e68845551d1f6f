"""The photos of a folder of people, one after the other: a million take no memory."""

from collections.abc import Callable, Iterator
from pathlib import Path

from ...frame.errors import DataError
from ...frame.storage.files import is_text
from ...frame.storage.image_folder import SkippedImage, list_folder, stream_folder
from ..photos.folder_layout import folder_of, read_layout
from ..photos.identity_folder import EXPECTED, NO_PERSON


def stream_people(
    folder: Path,
    left_out: Callable[[SkippedImage], None],
    note: Callable[[str], None] = lambda line: None,
) -> Iterator[tuple[str, str]]:
    """The photos of people in a folder, by the rules of `load_identities`, in no order.

    A folder is gone through twice: at first for the folders in it, which tell the people.

    Parameters:
        folder: of a folder of photos for each person; or a zip of it, whose list is read whole.
        left_out: told of whatever else is in it.
        note: told how folders were read where that is no matter of course, in a line each.

    Yields the name of each photo, relative to the folder, and its person. Raises DataError where
    the folder cannot be read, or where it cannot be told which folders are people.
    """
    if folder.is_file():
        listing = list_folder(folder, EXPECTED)
        for skipped in listing.left_out:
            left_out(skipped)
        folders = {folder_of(name) for name in listing.names}
        entries = ((name, "") for name in listing.names)
    else:
        named = stream_folder(folder, EXPECTED)
        folders = {folder_of(name) for name, reason in named if not reason}
        entries = stream_folder(folder, EXPECTED)
    layout = read_layout(folders, str(folder))
    for line in layout.notes:
        note(line)
    for name, reason in entries:
        person = layout.people.get(folder_of(name), "")
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
    if not is_text(path):
        raise DataError(f"The folder {path!r} has a name that is no text. Rename it.")
    return path


def _why_not_listed(name: str, person: str) -> str:
    """Why a photo cannot be in the queue; "" where it can."""
    if not is_text(name):
        return "has a name that is no text; rename it"
    return "" if person else NO_PERSON
