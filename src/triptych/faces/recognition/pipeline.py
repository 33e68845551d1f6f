"""From photos to embeddings: faces are detected and aligned in threads, and encoded in batches."""

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from ...frame.errors import ConfigError, ImageError
from ...frame.progress import ProgressCallback, ProgressEvent, no_progress
from ...frame.storage import images
from ..detection.alignment import Crop
from ..detection.face import Face, FaceDetector, RGBImage
from ..detection.quality import FaceSelection, QualityThresholds, check_selection, select_faces
from ..detectors.yunet import YuNet
from ..embeddings import Embeddings
from ..encoders._encoder import Encoder
from ..photos.identity_folder import ImageFile
from ._embedding_buffer import BATCH, DetectedPhoto, EmbeddingBuffer
from .pipeline_result import FaceCrop, PipelineResult

AHEAD = 2 * BATCH  # photos that may be ready or under way before they are encoded
DEFAULTS = QualityThresholds()
THREADS = 8  # at most: each may hold a photo of a hundred million pixels

ImageLike = ImageFile | images.ImageLike
"""A photo of a folder of people, or any image that `frame.storage.images.as_image` takes: a path,
a file's bytes, a PIL image, an array or a tensor."""

Item = TypeVar("Item")
Result = TypeVar("Result")


class FacePipeline:
    """Reads photos, detects and aligns their faces, and encodes them.

    An encoder without a template takes images whole: no face is looked for.
    """

    def __init__(
        self,
        encoder: Encoder,
        *,
        detector: FaceDetector | None = None,
        faces: FaceSelection = "one",
        thresholds: QualityThresholds = DEFAULTS,
        aligned: bool = False,
        workers: int | None = None,
    ):
        """
        Parameters:
            encoder: what turns crops into vectors.
            detector: what finds faces, in place of YuNet.
            faces: which faces of a photo count: "one", "largest" or "all".
            thresholds: what a face must have to count.
            aligned: photos are aligned crops already, of which the middle is taken.
            workers: threads that read and detect; by default one a core, 8 at most.

        Raises ConfigError for an unknown choice of faces or no thread, AssetNotFoundError where
        YuNet is needed and not to be had.
        """
        check_selection(faces)
        if workers is not None and workers < 1:
            raise ConfigError(f"Expected one worker or more, got {workers}. Leave it out.")
        self.encoder, self.thresholds = encoder, thresholds
        self.selection: FaceSelection = faces
        self.workers = workers or min(THREADS, os.cpu_count() or 1)
        self.aligned = aligned
        needed = encoder.template is not None and not aligned
        self.detector = (detector or YuNet()) if needed else None

    def embed(
        self,
        photos: Sequence[ImageLike],
        *,
        keep_crops: bool = False,
        progress: ProgressCallback = no_progress,
        task: str = "read photos",
    ) -> PipelineResult:
        """Encode the faces of all photos.

        A photo that cannot be read, or has no face that counts, is refused and stops no other.

        Parameters:
            photos: those without a name are called "photo 1", "photo 2" …
            keep_crops: whether the result holds what the encoder saw.
            progress: told how many photos are done.
            task: what the progress events call it.
        """
        named = [(f"photo {number}", photo) for number, photo in enumerate(photos, 1)]
        buffer = EmbeddingBuffer(self.encoder, keep_crops)
        progress(ProgressEvent(task, 0, len(named)))
        for count, detected in enumerate(_prefetch(self._detect_and_align, named, self.workers), 1):
            buffer.add(detected)
            progress(ProgressEvent(task, count, len(named), {"refused": len(buffer.refused)}))
        return buffer.result()

    def embed_one(self, photo: ImageLike) -> Embeddings:
        """The embedding of a single photo's face: one row.

        Raises ImageError or FaceError where it is refused, ConfigError where all faces were asked
        for.
        """
        if self.selection == "all":
            raise ConfigError("Expected faces one or largest for a single embedding, got all.")
        return self.embed_faces(photo)

    def embed_faces(self, photo: ImageLike) -> Embeddings:
        """The embeddings of a single photo's faces, the largest first: a row each.

        Raises ImageError or FaceError where it is refused.
        """
        name, person = _name_and_identity(photo, "the photo")
        buffer = EmbeddingBuffer(self.encoder, False)
        buffer.add(DetectedPhoto(name, person, self._crops(photo, name)))
        return buffer.result().embeddings

    def crop(self, photo: ImageLike, face: Face | None) -> Crop:
        """What the encoder sees of a face that was detected before.

        Parameters:
            photo: the photo it was detected in.
            face: as `PipelineResult.faces` holds it.

        Raises ImageError where the photo cannot be read.
        """
        return self._crop(_pixels(photo, _name_and_identity(photo, "the photo")[0]), face)

    def _detect_and_align(self, named: tuple[str, ImageLike]) -> DetectedPhoto:
        number, photo = named
        name, person = _name_and_identity(photo, number)
        try:
            return DetectedPhoto(name, person, self._crops(photo, name))
        except ImageError as error:
            return DetectedPhoto(name, person, reason=str(error).removeprefix(f"{name}: "))

    def _crops(self, source: ImageLike, name: str) -> list[FaceCrop]:
        image = _pixels(source, name)
        if self.detector is None:
            return [FaceCrop(self._crop(image, None), None)]
        faces = select_faces(
            image, self.detector.detect(image), self.selection, self.thresholds, name
        )
        return [FaceCrop(self._crop(image, face), face) for face in faces]

    def _crop(self, image: RGBImage, face: Face | None) -> Crop:
        if face is None:
            return self.encoder.crop_aligned(image)
        return self.encoder.crop(image, face)


def _prefetch(
    work: Callable[[Item], Result], items: Sequence[Item], workers: int
) -> Iterator[Result]:
    """The results of `work` in order, made by threads that run a bounded way ahead."""
    under_way: deque[Future[Result]] = deque()
    pool = ThreadPoolExecutor(workers, "photos")
    try:
        for item in items:
            under_way.append(pool.submit(work, item))
            if len(under_way) >= AHEAD:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _name_and_identity(photo: ImageLike, otherwise: str) -> tuple[str, str]:
    """What to call a photo, and who is in it, empty where nobody said."""
    if isinstance(photo, ImageFile):
        return photo.name, photo.person
    return (str(photo), "") if isinstance(photo, (str, Path)) else (otherwise, "")


def _pixels(source: ImageLike, name: str) -> RGBImage:
    return images.as_image(source.bytes() if isinstance(source, ImageFile) else source, name=name)
