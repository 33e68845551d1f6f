"""What a worker does: take photos from the queue, encode them, and enroll them; until none is left.

The encodings of a photo and the end of its job are written in one transaction, and only by the
worker that still has it: so each photo is enrolled once, whoever is killed at whatever moment.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ...frame.errors import DataError
from ...frame.progress import ProgressCallback, ProgressEvent, no_progress
from ...frame.storage.read_ahead import read_images
from ..embeddings import Embeddings
from ..encoders._encoder import Encoder
from ..gallery.gallery import Gallery
from ..photos.identity_folder import ImageFile, content_hash
from ..recognition.default_pipeline import resolve_pipeline
from ..recognition.pipeline import FacePipeline
from . import queue
from .lease import Lease, worker_name
from .queue import Job
from .status import job_status

BATCH = 64  # photos taken at a time: what is encoded once more where a worker is killed
LEASE = 60.0  # seconds after which the photos of a killed worker go to others
POLL = 2.0  # seconds between two looks for photos, where others are at the last ones
TELL = 5.0  # seconds between two looks at how far the whole queue is


@dataclass(frozen=True)
class WorkResult:
    """What one worker did.

    Parameters:
        added: photos that are new in the gallery.
        known: photos that were there already.
        moved: photos that were with another person.
        refused: photos that cannot be used; `refused_photos` tells why.
        lost: photos that others took over, for this worker was held up too long.
    """

    added: int = 0
    known: int = 0
    moved: int = 0
    refused: int = 0
    lost: int = 0

    def __add__(self, other: "WorkResult") -> "WorkResult":
        return WorkResult(*(ours + theirs for ours, theirs in zip(self._counts, other._counts)))

    @property
    def _counts(self) -> tuple[int, ...]:
        return tuple(vars(self).values())

    def to_dict(self) -> dict[str, Any]:
        """As `triptych faces jobs work --json` prints it."""
        return dict(vars(self))


@dataclass(frozen=True, eq=False)
class _Encoded:
    """Photos of one batch, encoded; each job is in one of the four."""

    rows: Embeddings
    digests: dict[int, str]  # of every photo that could be read, by job
    refused: list[tuple[Job, str]]
    unreadable: list[tuple[Job, str]]


def work(
    gallery: Gallery,
    *,
    pipeline: FacePipeline | None = None,
    encoder: Encoder | str | Path | None = None,
    folder: str | Path | None = None,
    batch: int = BATCH,
    lease: float = LEASE,
    progress: ProgressCallback = no_progress,
) -> WorkResult:
    """Enroll photos from the gallery's queue until all are over. Any number may work at once.

    Where others have the last photos, it waits for them, and takes over what a killed one had.

    Parameters:
        gallery: of the encoder that is used.
        pipeline: what detects and encodes faces; by default one face a photo.
        encoder: in place of a pipeline: a loaded encoder, its name, run folder or file.
        folder: where the photos lie on this machine, if not where they were when they were added.
        batch: photos taken at a time.
        lease: seconds after which others take over the photos of a killed worker; all workers
            extend theirs in time.
        progress: told how many photos of the whole queue are over.

    Raises DataError where the photos' folder is not there, GalleryError where the database is out
    of reach. Nothing is lost then: what was taken goes back to the queue.
    """
    pipeline = resolve_pipeline(pipeline, encoder, "one")
    worker, result, told = worker_name(), WorkResult(), -TELL
    while jobs := _take(gallery, worker, batch, lease):
        held = Lease(gallery.database, worker, jobs, lease)
        with held.kept():
            encoded = _encode(gallery, pipeline, jobs, folder)
            with held.guard:
                result += _write(gallery, worker, jobs, encoded)
        if time.monotonic() - told > TELL:
            told = time.monotonic()
            with gallery.database.read_transaction() as connection:
                status = job_status(connection, gallery.tenant)
            over = status.total - status.left
            progress(ProgressEvent("enroll", over, status.total, {"refused": status.refused}))
    return result


def _take(gallery: Gallery, worker: str, count: int, lease: float) -> list[Job]:
    """The next photos; none once all are over."""
    while True:
        with gallery.database.write_transaction() as connection:
            jobs = queue.claim_jobs(connection, gallery.tenant, worker, count, lease)
            due = queue.seconds_until_due(connection, gallery.tenant)
        if jobs or due is None:
            return jobs
        time.sleep(min(POLL, max(0.05, due)))


def _encode(
    gallery: Gallery, pipeline: FacePipeline, jobs: Sequence[Job], folder: str | Path | None
) -> _Encoded:
    """Read photos, and encode those that are not in the gallery yet."""
    files = [ImageFile(job.name, job.person, _place(job, folder)) for job in jobs]
    content: dict[int, bytes] = {}
    unreadable: list[tuple[Job, str]] = []
    reads = zip(jobs, read_images(ImageFile.bytes, files, workers=pipeline.workers))
    for job, (_, read) in reads:
        if isinstance(read, str):
            unreadable.append((job, read))
        else:
            content[job.id] = read
    digests = {number: content_hash(each) for number, each in content.items()}
    known = gallery.enrolled_as(digests.values())
    new = [
        replace(file, content=content[job.id])
        for job, file in zip(jobs, files)
        if job.id in content and known.get(digests[job.id]) != job.person
    ]
    result = pipeline.embed(new)
    by_name = {job.name: job for job in jobs}
    refused = [(by_name[each.photo], each.reason) for each in result.refused]
    return _Encoded(result.embeddings, digests, refused, unreadable)


def _write(gallery: Gallery, worker: str, jobs: Sequence[Job], encoded: _Encoded) -> WorkResult:
    """Enroll what was encoded, and finish the jobs that are still this worker's."""
    with gallery.database.write_transaction() as connection:
        kept = {job.name: job for job in queue.lock_leased(connection, worker, jobs)}
        refused = [(job, reason) for job, reason in encoded.refused if job.name in kept]
        unreadable = [(job, reason) for job, reason in encoded.unreadable if job.name in kept]
        failed = {job.name for job, _ in (*refused, *unreadable)}
        done = [job for job in kept.values() if job.name not in failed]
        rows = [row for row, name in enumerate(encoded.rows.photos) if name in kept]
        names = [encoded.rows.photos[row] for row in rows]
        people = tuple(encoded.rows.identities[row] for row in rows)
        vectors = encoded.rows.vectors[rows]
        embeddings = Embeddings(vectors, tuple(names), people, encoded.rows.encoder)
        digests = [encoded.digests[kept[name].id] for name in names]
        counts = gallery.enroll(embeddings, digests, connection=connection)
        given_up = queue.finish_jobs(connection, done, refused, unreadable)
    known = len(done) - counts.added - counts.moved
    gone = len(jobs) - len(kept)
    return WorkResult(counts.added, known, counts.moved, given_up, gone)


def _place(job: Job, folder: str | Path | None) -> Path:
    """Where a photo's folder is on this machine. Raises DataError where it is not."""
    place = Path(folder or job.folder)
    if not place.exists():
        raise DataError(
            f"The photos' folder {place} is not on this machine. Mount it, or say where it is: "
            "`faces jobs work --folder FOLDER`."
        )
    return place
