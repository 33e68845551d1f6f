"""What a worker does: take photos from the queue, encode them, and enroll them; until none is left.

The encodings of a photo and the end of its job are written in one transaction, and only by the
worker that still has it: so each photo is enrolled once, whoever is killed at whatever moment.
"""

import time
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from ...frame.progress import ProgressCallback, ProgressEvent, no_progress
from ..embeddings import Embeddings
from ..encoders._encoder import Encoder
from ..gallery.enrollment.plan import SharedPolicy, WriteCounts, check_policy
from ..gallery.gallery import Gallery
from ..recognition.default_pipeline import resolve_pipeline
from ..recognition.enrollment.recipe import check_one_face, pipeline_settings
from ..recognition.enrollment.shared import elsewhere_reason
from ..recognition.pipeline import FacePipeline
from . import queue
from .encode import EncodedJobs, encode_jobs
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
        renewed: photos that were there, but read by other options: they were read anew.
    """

    added: int = 0
    known: int = 0
    moved: int = 0
    refused: int = 0
    lost: int = 0
    renewed: int = 0

    def __add__(self, other: "WorkResult") -> "WorkResult":
        return WorkResult(*(ours + theirs for ours, theirs in zip(self._counts, other._counts)))

    @property
    def _counts(self) -> tuple[int, ...]:
        return tuple(vars(self).values())

    def to_dict(self) -> dict[str, Any]:
        """As `triptych faces jobs work --json` prints it."""
        return dict(vars(self))


def work(
    gallery: Gallery,
    *,
    pipeline: FacePipeline | None = None,
    encoder: Encoder | str | Path | None = None,
    folder: str | Path | None = None,
    batch: int = BATCH,
    lease: float = LEASE,
    shared: SharedPolicy = "refuse",
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
        shared: what becomes of a photo that is another person's in the gallery and still lies with
            that person: "refuse", "keep" it under both, or "move" it. Of two in the queue the first
            that is taken counts as the one in the gallery.
        progress: told how many photos of the whole queue are over.

    Raises DataError where the photos' folder is not there, GalleryError where the database is out
    of reach. Nothing is lost then: what was taken goes back to the queue.
    """
    check_policy(shared)
    pipeline = resolve_pipeline(pipeline, encoder, "one")
    check_one_face(pipeline.selection, "enrolment")
    settings = pipeline_settings(pipeline)
    worker, result, told = worker_name(), WorkResult(), -TELL
    while jobs := _take(gallery, worker, batch, lease):
        held = Lease(gallery.database, worker, jobs, lease)
        with held.kept():
            encoded = encode_jobs(gallery, pipeline, jobs, folder, shared)
            with held.guard:
                done = _write(gallery, worker, jobs, encoded, settings)
        gallery.forget_removed(done.renewed)
        result += done
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


def _write(
    gallery: Gallery,
    worker: str,
    jobs: Sequence[Job],
    encoded: EncodedJobs,
    settings: Mapping[str, Any],
) -> WorkResult:
    """Enroll what was encoded, and finish the jobs that are still this worker's."""
    with gallery.database.write_transaction() as connection:
        kept = {job.name: job for job in queue.lock_leased(connection, worker, jobs)}
        refused = [(job, reason) for job, reason in encoded.refused if job.name in kept]
        unreadable = [(job, reason) for job, reason in encoded.unreadable if job.name in kept]
        counts = WriteCounts()
        for folder in {job.folder for job in kept.values()}:
            names = {name for name, job in kept.items() if job.folder == folder}
            origin = {"settings": settings, "source": folder}
            counts += _enroll(gallery, connection, encoded, kept, names, origin)
        refused += [(kept[each.photo], elsewhere_reason(each.other)) for each in counts.shared]
        failed = {job.name for job, _ in (*refused, *unreadable)}
        done = [job for job in kept.values() if job.name not in failed]
        given_up = queue.finish_jobs(connection, done, refused, unreadable)
    known = len(done) - counts.added - counts.moved - counts.renewed
    gone = len(jobs) - len(kept)
    return WorkResult(counts.added, known, counts.moved, given_up, gone, counts.renewed)


def _enroll(
    gallery: Gallery,
    connection: Connection,
    encoded: EncodedJobs,
    kept: Mapping[str, Job],
    names: Set[str],
    origin: Mapping[str, Any],
) -> WriteCounts:
    """Enroll the photos of these names."""
    all_rows, faces = encoded.rows.embeddings, encoded.rows.faces
    rows = [row for row, name in enumerate(all_rows.photos) if name in names]
    jobs = [kept[all_rows.photos[row]] for row in rows]
    embeddings = Embeddings(
        all_rows.vectors[rows],
        tuple(job.name for job in jobs),
        tuple(job.person for job in jobs),
        all_rows.encoder,
    )
    return gallery.enroll(
        embeddings,
        [encoded.digests[job.id] for job in jobs],
        qualities=[face.quality if (face := faces[row]) else None for row in rows],
        shared=[encoded.policies[job.id] for job in jobs],
        connection=connection,
        **origin,
    )
