"""A folder of people into a gallery, by portions: what was done stays done."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...frame.errors import ImageError
from ...frame.progress import ProgressCallback, ProgressEvent, no_progress
from ...frame.storage.image_folder import SkippedImage
from ..gallery.gallery import Gallery
from ..photos.identity_folder import ImageFile, content_hash, load_identities
from .pipeline import FacePipeline

CHUNK = 256  # photos a transaction: what is lost at most where the power fails


@dataclass(frozen=True)
class EnrollmentResult:
    """What came of enrolling: photos that were added, had been there, were moved here from
    another person, or were refused, with the reason."""

    people: int
    added: int
    known: int
    moved: int
    refused: tuple[SkippedImage, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "people": self.people,
            "added": self.added,
            "known": self.known,
            "moved": self.moved,
            "refused": [each.to_dict() for each in self.refused],
        }


def enroll(
    folder: str | Path,
    gallery: Gallery,
    *,
    pipeline: FacePipeline,
    progress: ProgressCallback = no_progress,
) -> EnrollmentResult:
    """Put the people of a folder (see `people.people`) into a gallery. One photo is enough.

    A photo is known by its content: enrolled again it changes nothing, and takes no time. Stopped
    half-way, it goes on where it was. A photo that cannot be used is refused, and the rest goes on.

    Raises DataError for a folder without people, EncoderMismatchError for a gallery of another
    encoder, GalleryError where it cannot be written."""
    photos = load_identities(folder).photos
    added = unchanged = moved = 0
    refused: list[SkippedImage] = []
    progress(ProgressEvent("enroll", 0, len(photos)))
    for start in range(0, len(photos), CHUNK):
        portion = photos[start : start + CHUNK]
        digests = _digests(portion, refused)
        enrolled = gallery.enrolled_as(digests.values())
        fresh = [
            photo
            for photo in portion
            if photo.name in digests and enrolled.get(digests[photo.name]) != photo.person
        ]
        unchanged += len(digests) - len(fresh)
        done_before = start + len(portion) - len(fresh)

        def report(step: ProgressEvent, before: int = done_before) -> None:
            progress(ProgressEvent("enroll", before + step.done, len(photos)))

        result = pipeline.embed(fresh, progress=report)
        refused += result.refused
        counts = gallery.enroll(
            result.embeddings, [digests[name] for name in result.embeddings.photos]
        )
        added, moved = added + counts.added, moved + counts.moved
        progress(
            ProgressEvent("enroll", start + len(portion), len(photos), {"refused": len(refused)})
        )
    return EnrollmentResult(
        len({photo.person for photo in photos}), added, unchanged, moved, tuple(refused)
    )


def _digests(photos: Sequence[ImageFile], refused: list[SkippedImage]) -> dict[str, str]:
    """Each photo's digest by its name; those that cannot be read are refused."""
    digests = {}
    for photo in photos:
        try:
            digests[photo.name] = content_hash(photo.bytes())
        except ImageError as error:
            refused.append(SkippedImage(photo.name, str(error)))
    return digests
