"""Put a folder of people into a gallery, chunk by chunk: what was done stays done."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ...frame.progress import ProgressCallback, ProgressEvent, no_progress
from ...frame.storage.image_folder import SkippedImage
from ...frame.storage.read_ahead import read_images
from ..encoders._encoder import Encoder
from ..gallery.enrollment.listing import GalleryPhoto, recipe_hash
from ..gallery.enrollment.plan import SharedPhoto, SharedPolicy, check_policy
from ..gallery.gallery import Gallery
from ..photos.identity_folder import IdentityFolder, ImageFile, content_hash, load_identities
from .default_pipeline import resolve_pipeline
from .enrollment.alike import alike_people, nearest_of_each_pair
from .enrollment.departed import FolderContents, bring_in_step
from .enrollment.recipe import check_one_face, pipeline_settings
from .enrollment.result import AlikePeople, EnrollmentResult
from .enrollment.shared import elsewhere_reason, photos_of_several, shared_reason
from .pipeline import FacePipeline
from .pipeline_result import PipelineResult

CHUNK = 256  # photos a transaction: what is lost at most where the power fails ...
CHUNK_BYTES = 2**27  # ... and the files of these, which are kept until they are decoded

Read = list[tuple[ImageFile, bytes | str]]
"""Photos with their content, or the reason why there is none."""


def enroll(
    folder: str | Path | IdentityFolder,
    gallery: Gallery,
    *,
    pipeline: FacePipeline | None = None,
    encoder: Encoder | str | Path | None = None,
    shared: SharedPolicy = "refuse",
    prune: bool = False,
    progress: ProgressCallback = no_progress,
) -> EnrollmentResult:
    """Put the people of a folder into a gallery. One photo of each is enough.

    A photo is known by its content: enrolled again it changes nothing, and takes no time, unless
    it is read otherwise than before. A file that was replaced under its name replaces its vector.
    Stopped half-way, it goes on where it was. A photo that cannot be used is refused, and the rest
    goes on.

    Parameters:
        folder: a folder of photos for each person, a zip of it, or what `load_identities` gives.
        gallery: of the encoder that is used.
        pipeline: what detects and encodes faces; by default YuNet and the default encoder,
            one face.
        encoder: in place of a pipeline: a loaded encoder, its name, run folder or file.
        shared: what becomes of a photo that lies with two people of the folder, or with one and is
            another's in the gallery, from another folder: "refuse", "keep" it under both, or "move"
            it from the gallery's person. Within one folder a photo that was moved is moved anyway.
        prune: remove what the gallery holds of this folder and the folder holds no more.
        progress: told how many photos are done.

    Raises DataError for a folder without people, EncoderMismatchError for a gallery of another
    encoder, GalleryError where it cannot be written, ConfigError where all faces are asked for.
    """
    check_policy(shared)
    pipeline = resolve_pipeline(pipeline, encoder, "one")
    check_one_face(pipeline.selection, "enrolment")
    identities = load_identities(folder)
    photos = identities.photos
    run = _Enrollment(gallery, pipeline, identities, shared)
    seen = 0
    progress(ProgressEvent("enroll", 0, len(photos)))
    for chunk in _read_chunks(photos, pipeline.workers):
        seen += len(chunk)

        def report(step: ProgressEvent, last: int = seen) -> None:
            done = last - step.total + step.done
            progress(ProgressEvent("enroll", done, len(photos)))

        run.enroll(chunk, report)
        progress(ProgressEvent("enroll", seen, len(photos), {"refused": len(run.refused)}))
    departed = bring_in_step(gallery, run.contents, prune=prune)
    replaced = len(departed.replaced)
    fresh = run.new.intersection(row.photo for row in departed.replaced)
    return EnrollmentResult(
        len({photo.person for photo in photos}),
        run.added - len(fresh),
        run.known,
        run.moved,
        tuple(run.refused),
        tuple(identities.left_out),
        renewed=run.renewed,
        replaced=replaced,
        gone=departed.skipped,
        pruned=len(departed.gone) if prune else 0,
        alike=nearest_of_each_pair(run.alike),
    )


class _Enrollment:
    """A folder on its way into a gallery, and what became of its photos so far."""

    def __init__(
        self,
        gallery: Gallery,
        pipeline: FacePipeline,
        identities: IdentityFolder,
        shared: SharedPolicy,
    ):
        """
        Parameters:
            gallery: where the photos go.
            pipeline: what reads them.
            identities: the photos of the folder.
            shared: what becomes of photos that are another person's.
        """
        self.gallery, self.pipeline = gallery, pipeline
        self.shared: SharedPolicy = shared
        self.settings = pipeline_settings(pipeline)
        self.recipe = recipe_hash(self.settings)
        self.of_several = photos_of_several(identities.photos, pipeline.workers)
        source, complete = str(identities.folder.resolve()), identities.complete
        people = {photo.name: photo.person for photo in identities.photos}
        self.contents = FolderContents(source, people, complete=complete)
        self.added = self.known = self.moved = self.renewed = 0
        self.refused: list[SkippedImage] = []
        self.new: set[str] = set()  # names of photos that were not in the gallery
        self.alike: list[AlikePeople] = []

    def enroll(self, chunk: Read, progress: ProgressCallback) -> None:
        """Enroll some photos.

        Parameters:
            chunk: photos that were read.
            progress: told how many of those that must be encoded are done.
        """
        self.refused += [SkippedImage(p.name, why) for p, why in chunk if isinstance(why, str)]
        read = {photo: content for photo, content in chunk if isinstance(content, bytes)}
        digests = {photo.name: content_hash(content) for photo, content in read.items()}
        self.contents.digests |= digests
        enrolled = self.gallery.photos_with(digests.values())
        policies: dict[str, SharedPolicy] = {}
        for photo in read:
            faces = enrolled.get(digests[photo.name], [])
            policy = self._policy(photo, faces)
            if isinstance(policy, SkippedImage):
                self.refused.append(policy)
            elif policy is None:
                self.known += 1
                self.contents.enrolled.add(photo.name)
            else:
                policies[photo.name] = policy
            if not faces or (policy == "keep" and not _has(faces, photo.person)):
                self.new.add(photo.name)
        wanted = [replace(p, content=read[p]) for p in read if p.name in policies]
        result = self.pipeline.embed(wanted, progress=progress)
        self.refused += result.refused
        self._write(result, digests, policies)

    def _policy(
        self, photo: ImageFile, enrolled: Sequence[GalleryPhoto]
    ) -> SharedPolicy | SkippedImage | None:
        """What to do with a photo should it be another person's; None where it is known."""
        source = self.contents.source
        own = [face for face in enrolled if face.person == photo.person]
        self.contents.elsewhere += [face for face in own if face.source != source]
        if own:
            return None if any(face.recipe == self.recipe for face in own) else "keep"
        if self.shared == "keep":
            return "keep"
        if group := self.of_several.get(photo.name):
            people = {each.name: each.person for each in group}
            return SkippedImage(photo.name, shared_reason(photo.person, people))
        others = [face for face in enrolled if not source or face.source != source]
        if others and self.shared == "refuse":
            return SkippedImage(photo.name, elsewhere_reason(others[0]))
        # from where it lay in this folder before; but not from those who were faster than we are
        return "move" if enrolled else self.shared

    def _write(
        self,
        result: PipelineResult,
        digests: Mapping[str, str],
        policies: Mapping[str, SharedPolicy],
    ) -> None:
        """Write what was encoded, and look for the same people under other names."""
        rows = result.embeddings
        if not len(rows):
            return  # nothing is written, so it needs no right to
        counts = self.gallery.enroll(
            rows,
            [digests[name] for name in rows.photos],
            qualities=[face.quality if face else None for face in result.faces],
            settings=self.settings,
            source=self.contents.source,
            shared=[policies[name] for name in rows.photos],
        )
        self.added += counts.added
        self.known += counts.known
        self.moved += counts.moved
        self.renewed += counts.renewed
        refused = {each.photo for each in counts.shared}  # others were faster
        self.refused += [_refused(each) for each in counts.shared]
        self.contents.enrolled.update(name for name in rows.photos if name not in refused)
        self.alike += alike_people(self.gallery, self.pipeline.encoder, rows)


def _has(faces: Sequence[GalleryPhoto], person: str) -> bool:
    return any(face.person == person for face in faces)


def _refused(shared: SharedPhoto) -> SkippedImage:
    return SkippedImage(shared.photo, elsewhere_reason(shared.other))


def _read_chunks(photos: Sequence[ImageFile], workers: int) -> Iterator[Read]:
    """Photos with their content, some at a time; each file is read once."""
    chunk: Read = []
    size = 0
    for photo, content in read_images(ImageFile.bytes, photos, workers=workers):
        chunk.append((photo, content))
        size += len(content)
        if len(chunk) >= CHUNK or size >= CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk
