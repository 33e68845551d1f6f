"""Put the photos of a folder into a gallery's queue."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from ...frame.errors import DataError, GalleryError
from ...frame.progress import ProgressCallback, ProgressEvent, no_progress
from ...frame.storage.image_folder import SkippedImage
from ..gallery._postgres import prepare_database
from ..gallery.gallery import Gallery
from ..gallery.schema import batched
from . import queue
from .listing import EXPECTED, absolute_folder, stream_people

AT_ONCE = 10_000  # photos a transaction


@dataclass(frozen=True)
class AddResult:
    """What became of a folder.

    Parameters:
        added: photos that are new in the queue.
        known: photos that were in it already.
        left_out: what else is in the folder.
    """

    added: int
    known: int
    left_out: int

    def to_dict(self) -> dict[str, Any]:
        """As `triptych faces jobs add --json` prints it."""
        return dict(vars(self))


def add(
    folder: str | Path,
    gallery: Gallery,
    *,
    left_out: Callable[[SkippedImage], None] = lambda skipped: None,
    note: Callable[[str], None] = lambda line: None,
    progress: ProgressCallback = no_progress,
) -> AddResult:
    """Put the photos of people into a gallery's queue, for `work` to enroll. No photo is opened.

    Done again it adds what is new, and goes on where it was stopped. A million photos take no more
    memory than ten thousand.

    Parameters:
        folder: a folder of photos for each person, or a zip of it, under a path by which the
            workers find it too.
        gallery: where the people go.
        left_out: told of whatever else is in the folder, and why.
        note: told how folders were read, as `IdentityFolder.notes`.
        progress: told how many photos are in the queue; the total is not known before the end.

    Raises DataError for a folder without photos of people, GalleryError where the database is out
    of reach.
    """
    place = absolute_folder(folder)
    counts = {"seen": 0, "added": 0, "left out": 0}

    def skip(skipped: SkippedImage) -> None:
        counts["left out"] += 1
        left_out(skipped)

    make_queue(gallery)
    for part in batched(stream_people(Path(place), skip, note), AT_ONCE):
        with gallery.database.write_transaction() as connection:
            counts["added"] += queue.add_jobs(connection, gallery.tenant, place, part)
        counts["seen"] += len(part)
        progress(ProgressEvent("list photos", counts["seen"], 0))
    if not counts["seen"]:
        raise DataError(
            f"Expected {EXPECTED}, found no photo in a folder in {place}. Lay them out as "
            "PERSON/PHOTO.jpg."
        )
    return AddResult(counts["added"], counts["seen"] - counts["added"], counts["left out"])


def make_queue(gallery: Gallery) -> None:
    """Make the tables of a queue in a gallery's database, where they are not there yet."""
    with gallery.database.read_transaction() as connection:
        if queue.has_queue(connection):
            return
    with gallery.database.write_transaction() as connection:
        _one_at_a_time(connection)
        queue.create_queue(connection)


def check_queue(gallery: Gallery) -> None:
    """Raise GalleryError where no photos were ever added."""
    with gallery.database.read_transaction() as connection:
        if not queue.has_queue(connection):
            raise GalleryError(
                f"{gallery.database.name} has no queue of photos. Add some first: "
                "`triptych faces jobs add FOLDER --gallery GALLERY`."
            )


def _one_at_a_time(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        prepare_database(connection)
