"""What the commands of `triptych faces jobs` do: call, print."""

from pathlib import Path
from typing import Any

from ....faces.encoders._build import load_encoder
from ....faces.gallery.gallery import Gallery
from ....faces.jobs import queue
from ....faces.jobs.add import add as add_folder
from ....faces.jobs.add import check_queue
from ....faces.jobs.listing import absolute_folder
from ....faces.jobs.status import JobStatus, job_status, refused_photos
from ....faces.jobs.work import work as run_worker
from ....faces.recognition.pipeline import FacePipeline
from ....frame.errors import FaceError
from ....frame.progress import format_seconds
from ....frame.storage.image_folder import SkippedImage
from ... import console
from ...parsing import parse_assignments
from ..recognition import SHOWN, print_skipped, resolve_encoder

WAIT = 60.0  # seconds for other workers to be done with the database


def add(
    folder: Path, url: str, encoder: str, settings: list[str] | None, *, tenant: str, json: bool
) -> None:
    """Put the photos of a folder into the queue, and say how many."""
    left_out: list[SkippedImage] = []

    notes: list[str] = []

    def skip(skipped: SkippedImage) -> None:
        if len(left_out) < SHOWN:  # a million need not be kept
            left_out.append(skipped)

    absolute_folder(folder)  # before a gallery is made for nothing
    encoder = resolve_encoder(encoder, url)
    loaded = load_encoder(encoder, options=parse_assignments(settings or [], "--set size=112x112"))
    with Gallery.open(url, encoder=loaded, create=True, wait=WAIT, tenant=tenant) as gallery:
        result = add_folder(folder, gallery, left_out=skip, note=notes.append)
    console.log_left_out(left_out)
    for line in notes:
        console.log(f"note: {line}")
    if json:
        console.print_json({**result.to_dict(), "notes": notes})
        return
    others = f", {result.left_out} files left out" if result.left_out else ""
    print(f"{result.added} photos added to the queue, {result.known} were in it{others}.")


def work(
    url: str, pipeline: FacePipeline, settings: dict[str, Any], *, tenant: str, json: bool
) -> None:
    """Be a worker until all photos are over.

    Raises FaceError where not a single photo could be used."""
    with (
        Gallery.open(url, encoder=pipeline.encoder, wait=WAIT, tenant=tenant) as gallery,
        console.progress_bar() as progress,
    ):
        check_queue(gallery)
        result = run_worker(gallery, pipeline=pipeline, progress=progress, **settings)
    if json:
        console.print_json(result.to_dict())
    else:
        renewed = f"{result.renewed} renewed, " if result.renewed else ""
        print(
            f"{result.added} photos added, {result.known} known before, {result.moved} moved, "
            f"{renewed}{result.refused} refused."
        )
    if result.refused and not (result.added or result.known or result.moved or result.renewed):
        raise FaceError(
            f"None of {result.refused} photos could be enrolled. `faces jobs status` says why."
        )


def status(url: str, shown: int, *, tenant: str, json: bool) -> None:
    """How far the queue is."""
    with _opened(url, tenant) as gallery:
        check_queue(gallery)
        with gallery.database.read_transaction() as connection:
            now = job_status(connection, gallery.tenant)
            refused = refused_photos(connection, gallery.tenant, shown)
    if json:
        console.print_json({**now.to_dict(), "refused_photos": [r.to_dict() for r in refused]})
        return
    print(format_status(now))
    print_skipped(refused)


def retry(url: str, *, tenant: str) -> None:
    """Put the refused photos back."""
    with _opened(url, tenant) as gallery:
        check_queue(gallery)
        with gallery.database.write_transaction() as connection:
            count = queue.retry_jobs(connection, gallery.tenant)
    print(f"{count} photos are in the queue again.")


def format_status(status: JobStatus) -> str:
    """How far a queue is, in one line.

    >>> print(format_status(JobStatus(700, 64, 230, 6, 1, 10.0)))
    236 of 1,000 photos over (6 refused), 64 under way by 1 worker, 10.0 a second, 1 min 16 s left
    """
    over = f"{status.total - status.left:,} of {status.total:,} photos over"
    workers = f"{status.workers} worker" + ("s" if status.workers != 1 else "")
    words = f"{over} ({status.refused:,} refused)"
    if not status.left:
        return words
    words += f", {status.leased:,} under way by {workers}, {status.rate:.1f} a second"
    left = status.seconds_left
    return words + (f", {format_seconds(left)} left" if left is not None else "")


def _opened(url: str, tenant: str) -> Gallery:
    return Gallery.open(url, wait=WAIT, tenant=tenant)
