"""From photos to embeddings: faces are detected and aligned in threads, and encoded in batches."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from typing import TypeVar

from ...frame.cores import available_cores
from ...frame.errors import ConfigError, ImageError
from ...frame.progress import ProgressCallback, ProgressEvent, no_progress
from ..detection.face import Crop, Face, FaceDetector
from ..detection.quality import FaceSelection, QualityThresholds, check_selection
from ..detectors._build import AUTO, load_detector
from ..embeddings import Embeddings
from ..encoders._encoder import Encoder
from ._embedding_buffer import BATCH, DetectedPhoto, EmbeddingBuffer
from ._threads import shared_cores
from .photo_reader import RELEVANT, ImageLike, PhotoReader, name_and_identity
from .pipeline_result import PipelineResult

AHEAD = 2 * BATCH  # photos that may be ready or under way before they are encoded
DEFAULTS = QualityThresholds()
THREADS = 8  # at most: each may hold a photo of a hundred million pixels
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
        detector: FaceDetector | str | None = None,
        faces: FaceSelection = "one",
        thresholds: QualityThresholds = DEFAULTS,
        smallest_face: float | None = None,
        aligned: bool = False,
        workers: int | None = None,
    ):
        """
        Parameters:
            encoder: what turns crops into vectors.
            detector: what finds faces: one that is made, or the name of one of `DETECTORS`; by
                default the first that is on this machine, see `load_detector`.
            faces: which faces of a photo count: "one", "largest" or "all".
            thresholds: what a face must have to count.
            smallest_face: the narrowest face that counts, in pixels of the photo, or below 1 as a
                share of its longer side. By default a large photo is looked at in about 1920 × 1920
                pixels where all faces count, and otherwise as closely as the largest face asks.
            aligned: photos are aligned crops already, of which the middle is taken.
            workers: threads that read and detect; by default one a core, 8 at most.

        Raises ConfigError for an unknown choice of faces, no thread, or a smallest face beside a
        detector that is made; UnknownNameError for another detector; AssetNotFoundError or
        MissingDependencyError where a detector is needed and not to be had.
        """
        check_selection(faces)
        if workers is not None and workers < 1:
            raise ConfigError(f"Expected one worker or more, got {workers}. Leave it out.")
        self.encoder, self.thresholds = encoder, thresholds
        self.selection: FaceSelection = faces
        self.workers = workers or min(THREADS, available_cores())
        self.aligned = aligned
        needed = encoder.template is not None and not aligned
        self.detector = _resolve_detector(detector, faces, smallest_face) if needed else None
        self._reader = PhotoReader(encoder, self.detector, faces, thresholds)

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
        with shared_cores() if len(named) > 1 else nullcontext():
            detected = _prefetch(self._detect_and_align, named, self.workers)
            for count, photo in enumerate(detected, 1):
                buffer.add(photo)
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
        name, person = name_and_identity(photo, "the photo")
        buffer = EmbeddingBuffer(self.encoder, False)
        buffer.add(DetectedPhoto(name, person, self._reader.read(photo, name)[0]))
        return buffer.result().embeddings

    def crop(self, photo: ImageLike, face: Face | None) -> Crop:
        """What the encoder sees of a face that was detected before.

        Parameters:
            photo: the photo it was detected in.
            face: as `PipelineResult.faces` holds it.

        Raises ImageError where the photo cannot be read.
        """
        return self._reader.crop(photo, face, name_and_identity(photo, "the photo")[0])

    def _detect_and_align(self, named: tuple[str, ImageLike]) -> DetectedPhoto:
        number, photo = named
        name, person = name_and_identity(photo, number)
        try:
            crops, note = self._reader.read(photo, name)
            return DetectedPhoto(name, person, crops, note=note)
        except ImageError as error:
            return DetectedPhoto(name, person, reason=str(error).removeprefix(f"{name}: "))


def _resolve_detector(
    detector: FaceDetector | str | None, faces: FaceSelection, smallest_face: float | None
) -> FaceDetector:
    if detector is None or isinstance(detector, str):
        name = detector or AUTO
        return load_detector(name, smallest_face=smallest_face, relevant=RELEVANT[faces])
    if smallest_face is not None:
        raise ConfigError("Expected a detector or a smallest face, got both. Leave one out.")
    return detector


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
