"""Photos of the queue, read and encoded; and what is to become of those of other people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ...frame.errors import DataError, ImageError
from ...frame.storage.image_folder import read_bytes
from ...frame.storage.read_ahead import read_images
from ..gallery.enrollment.listing import GalleryPhoto, recipe_hash
from ..gallery.enrollment.plan import SharedPolicy
from ..gallery.gallery import Gallery
from ..photos.identity_folder import ImageFile, content_hash
from ..recognition.enrollment.recipe import pipeline_settings
from ..recognition.enrollment.shared import elsewhere_reason, shared_reason
from ..recognition.pipeline import FacePipeline
from ..recognition.pipeline_result import PipelineResult
from .queue import Job


@dataclass(frozen=True, eq=False)
class EncodedJobs:
    """Photos of one batch, encoded.

    Parameters:
        rows: what was encoded.
        digests: of every photo that could be read, by the id of its job.
        policies: of every photo that was to be encoded, what to do should it be another person's.
        refused: photos that cannot be used, each with the reason.
        unreadable: photos that cannot be read now, each with the reason.
    """

    rows: PipelineResult
    digests: dict[int, str]
    policies: dict[int, SharedPolicy]
    refused: list[tuple[Job, str]]
    unreadable: list[tuple[Job, str]]


def encode_jobs(
    gallery: Gallery,
    pipeline: FacePipeline,
    jobs: Sequence[Job],
    folder: str | Path | None,
    shared: SharedPolicy,
) -> EncodedJobs:
    """Read photos, and encode those that are not in the gallery yet.

    Parameters:
        gallery: where they go.
        pipeline: what reads and encodes them.
        jobs: the photos.
        folder: where they lie on this machine, if elsewhere.
        shared: what becomes of a photo that is another person's.

    Raises DataError where the folder is not on this machine.
    """
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
    policies, refused = _policies(gallery, pipeline, jobs, digests, folder, shared)
    new = [
        replace(file, content=content[job.id])
        for job, file in zip(jobs, files)
        if job.id in policies
    ]
    result = pipeline.embed(new)
    by_name = {job.name: job for job in jobs}
    refused += [(by_name[each.photo], each.reason) for each in result.refused]
    return EncodedJobs(result, digests, policies, refused, unreadable)


def _policies(
    gallery: Gallery,
    pipeline: FacePipeline,
    jobs: Sequence[Job],
    digests: Mapping[int, str],
    folder: str | Path | None,
    shared: SharedPolicy,
) -> tuple[dict[int, SharedPolicy], list[tuple[Job, str]]]:
    """The jobs whose photos are to be encoded, each with what to do should it be another person's;
    and those that are refused, each with the reason."""
    recipe, enrolled = (
        recipe_hash(pipeline_settings(pipeline)),
        gallery.photos_with(digests.values()),
    )
    policies: dict[int, SharedPolicy] = {}
    refused: list[tuple[Job, str]] = []
    first: dict[str, Job] = {}
    for job in jobs:
        if (digest := digests.get(job.id)) is None:
            continue
        same = first.setdefault(digest, job)
        own = [face for face in enrolled.get(digest, ()) if face.person == job.person]
        others = [face for face in enrolled.get(digest, ()) if face.person != job.person]
        still = [face for face in others if not _left(face, job, _place(job, folder))]
        if own and any(face.recipe == recipe for face in own):
            continue
        if own or shared == "keep":
            policies[job.id] = "keep"
        elif same.person != job.person:
            refused.append((job, shared_reason(job.person, {same.name: same.person})))
        elif still and shared == "refuse":
            refused.append((job, elsewhere_reason(still[0])))
        else:
            policies[job.id] = "move" if others else shared  # not from those who were faster
    return policies, refused


def _left(face: GalleryPhoto, job: Job, place: Path) -> bool:
    """Whether an enrolled photo does not lie any more where it was enrolled from, in the folder of
    this job."""
    if face.source != job.folder:
        return False
    try:
        return content_hash(read_bytes(place, face.photo)) != face.digest
    except ImageError:
        return True


def _place(job: Job, folder: str | Path | None) -> Path:
    """Where a photo's folder is on this machine. Raises DataError where it is not."""
    place = Path(folder or job.folder)
    if not place.exists():
        raise DataError(
            f"The photos' folder {place} is not on this machine. Mount it, or say where it is: "
            "`faces jobs work --folder FOLDER`."
        )
    return place
