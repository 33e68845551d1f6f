"""Put a folder of people into a gallery, chunk by chunk: what was done stays done."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ...frame.progress import ProgressCallback, ProgressEvent, no_progress
from ...frame.storage.image_folder import SkippedImage
from ...frame.storage.read_ahead import read_images
from ..encoders._encoder import Encoder
from ..gallery.gallery import Gallery
from ..photos.identity_folder import ImageFile, content_hash, load_identities
from .default_pipeline import resolve_pipeline
from .pipeline import FacePipeline

CHUNK = 256  # photos a transaction: what is lost at most where the power fails ...
CHUNK_BYTES = 2**27  # ... and the files of these, which are kept until they are decoded


@dataclass(frozen=True)
class EnrollmentResult:
    """What became of the photos of a folder.

    Parameters:
        people: how many the folder has.
        added: photos that are new in the gallery.
        known: photos that were there already.
        moved: photos that were with another person.
        refused: photos that could not be used, each with the reason.
        left_out: what in the folder is no photo of a person, each with the reason.
    """

    people: int
    added: int
    known: int
    moved: int
    refused: tuple[SkippedImage, ...]
    left_out: tuple[SkippedImage, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As `triptych faces enroll --json` prints it."""
        return {
            "people": self.people,
            "added": self.added,
            "known": self.known,
            "moved": self.moved,
            "refused": [photo.to_dict() for photo in self.refused],
            "left_out": [each.to_dict() for each in self.left_out],
        }


def enroll(
    folder: str | Path,
    gallery: Gallery,
    *,
    pipeline: FacePipeline | None = None,
    encoder: Encoder | str | Path | None = None,
    progress: ProgressCallback = no_progress,
) -> EnrollmentResult:
    """Put the people of a folder into a gallery. One photo of each is enough.

    A photo is known by its content: enrolled again it changes nothing, and takes no time. Stopped
    half-way, it goes on where it was. A photo that cannot be used is refused, and the rest goes on.

    Parameters:
        folder: a folder of photos for each person, or a zip of it; see `load_identities`.
        gallery: of the encoder that is used.
        pipeline: what detects and encodes faces; by default YuNet and the default encoder,
            one face.
        encoder: in place of a pipeline: a loaded encoder, its name, run folder or file.
        progress: told how many photos are done.

    Raises DataError for a folder without people, EncoderMismatchError for a gallery of another
    encoder, GalleryError where it cannot be written.
    """
    pipeline = resolve_pipeline(pipeline, encoder, "one")
    identities = load_identities(folder)
    photos = identities.photos
    added = unchanged = moved = seen = 0
    refused: list[SkippedImage] = []
    progress(ProgressEvent("enroll", 0, len(photos)))
    for chunk in _read_chunks(photos, pipeline.workers):
        read = {photo.name: content for photo, content in chunk if isinstance(content, bytes)}
        refused += [SkippedImage(p.name, reason) for p, reason in chunk if isinstance(reason, str)]
        digests = {name: content_hash(content) for name, content in read.items()}
        enrolled = gallery.enrolled_as(digests.values())
        new = [
            replace(photo, content=read[photo.name])
            for photo, _ in chunk
            if photo.name in read and enrolled.get(digests[photo.name]) != photo.person
        ]
        unchanged += len(read) - len(new)
        seen += len(chunk)

        def report(step: ProgressEvent, before: int = seen - len(new)) -> None:
            progress(ProgressEvent("enroll", before + step.done, len(photos)))

        result = pipeline.embed(new, progress=report)
        refused += result.refused
        rows = [digests[name] for name in result.embeddings.photos]
        counts = gallery.enroll(result.embeddings, rows)
        added, moved = added + counts.added, moved + counts.moved
        progress(ProgressEvent("enroll", seen, len(photos), {"refused": len(refused)}))
    people = len({photo.person for photo in photos})
    return EnrollmentResult(
        people, added, unchanged, moved, tuple(refused), tuple(identities.left_out)
    )


def _read_chunks(
    photos: Sequence[ImageFile], workers: int
) -> Iterator[list[tuple[ImageFile, bytes | str]]]:
    """Photos with their content, or the reason why there is none; each file is read once."""
    chunk: list[tuple[ImageFile, bytes | str]] = []
    size = 0
    for photo, content in read_images(ImageFile.bytes, photos, workers=workers):
        chunk.append((photo, content))
        size += len(content)
        if len(chunk) >= CHUNK or size >= CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk
