"""Photos turned into encodings: read, found, aligned in threads, and encoded by the batch."""

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np
from jaxtyping import Float32, UInt8

from ...frame.errors import ConfigError, ImageError
from ...frame.progress import ProgressCallback, ProgressEvent, no_progress
from ...frame.storage.image_folder import SkippedImage
from ...frame.storage.images import read
from ..detection.alignment import Crop, align_face, center_crop, convert_channels, resize_whole
from ..detection.face import Face, FaceDetector, RGBImage
from ..detection.quality import FaceSelection, QualityThresholds, check_selection, select_faces
from ..detection.yunet import YuNet
from ..embeddings import Embeddings
from ..encoders._encoder import Encoder
from ..photos.identity_folder import ImageFile

BATCH = 32  # crops handed to the encoder at once; it divides them as suits the device
AHEAD = 2 * BATCH  # photos that may be ready or under way before they are encoded
DEFAULTS = QualityThresholds()
THREADS = 8  # at most: each may hold a photo of a hundred million pixels

ImageLike = ImageFile | str | Path | bytes | UInt8[np.ndarray, "..."]
"""A photo not opened yet, its path, its file's bytes, or its pixels (as `face.Photo`)."""

Item = TypeVar("Item")
Done = TypeVar("Done")


@dataclass(frozen=True, eq=False)
class PipelineResult:
    """What was read: rows of encodings in the order of the photos, and the photos refused.

    `faces[i]` is where row i was found, None where the picture was taken as it is; `crops[i]` is
    what the encoder saw of it, if that was asked for.
    """

    embeddings: Embeddings
    faces: tuple[Face | None, ...]
    crops: UInt8[np.ndarray, "count height width channels"] | None
    refused: tuple[SkippedImage, ...]


@dataclass(frozen=True, eq=False)
class _DetectedPhoto:
    """One photo after alignment: crops with their faces, or the reason why there are none."""

    photo: str
    person: str
    crops: list[tuple[Crop, Face | None]] = field(default_factory=list)
    reason: str = ""


class FacePipeline:
    """Reads photos, finds and aligns their faces, and encodes them.

    `finder` stands in for YuNet; `faces` says which faces count; `aligned` photos are crops
    already, of which the middle is taken. An encoder without a template takes pictures whole.

    Raises ConfigError for an unknown policy or no thread, AssetNotFoundError where YuNet is needed
    and not to be had."""

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
        """Encode the faces of all photos. A photo that cannot be read, or has no face that counts,
        is refused and stops no other. Photos without a name are called "photo 1", "photo 2" …"""
        named = [(f"photo {number}", photo) for number, photo in enumerate(photos, 1)]
        buffer = _EmbeddingBuffer(self.encoder, keep_crops)
        progress(ProgressEvent(task, 0, len(named)))
        for done, detected in enumerate(_prefetch(self._detect_and_align, named, self.workers), 1):
            buffer.add(detected)
            progress(ProgressEvent(task, done, len(named), {"refused": len(buffer.refused)}))
        return buffer.result()

    def embed_one(self, photo: ImageLike) -> Embeddings:
        """The encoding of a single photo's face: one row.

        Raises ImageError or FaceError where it is refused, ConfigError where all faces were asked
        for."""
        if self.selection == "all":
            raise ConfigError("Expected faces one or largest for a single encoding, got all.")
        name, person = _name_and_identity(photo, "the photo")
        buffer = _EmbeddingBuffer(self.encoder, False)
        buffer.add(_DetectedPhoto(name, person, self._crops(photo, name)))
        return buffer.result().embeddings

    def _detect_and_align(self, named: tuple[str, ImageLike]) -> _DetectedPhoto:
        number, photo = named
        name, person = _name_and_identity(photo, number)
        try:
            return _DetectedPhoto(name, person, self._crops(photo, name))
        except ImageError as error:
            return _DetectedPhoto(name, person, reason=str(error).removeprefix(f"{name}: "))

    def _crops(self, source: ImageLike, name: str) -> list[tuple[Crop, Face | None]]:
        photo, encoder = _pixels(source, name), self.encoder
        if encoder.template is None:
            return [(resize_whole(photo, encoder.height, encoder.width, encoder.channels), None)]
        if self.detector is None:
            return [
                (convert_channels(center_crop(photo, encoder.template), encoder.channels), None)
            ]
        faces = select_faces(
            photo, self.detector.detect(photo), self.selection, self.thresholds, name
        )
        crops = [align_face(photo, face.landmarks, encoder.template) for face in faces]
        return [
            (convert_channels(crop, encoder.channels), face) for crop, face in zip(crops, faces)
        ]


class _EmbeddingBuffer:
    """Crops waiting to be encoded, and all that is known of those that were."""

    def __init__(self, encoder: Encoder, keep: bool):
        self.encoder, self.keep = encoder, keep
        self.waiting: list[Crop] = []
        self.vectors: list[Float32[np.ndarray, "some size"]] = []
        self.crops: list[Crop] = []
        self.rows: list[tuple[str, str, Face | None]] = []
        self.refused: list[SkippedImage] = []

    def add(self, detected: _DetectedPhoto) -> None:
        if detected.reason:
            self.refused.append(SkippedImage(detected.photo, detected.reason))
        for crop, face in detected.crops:
            self.waiting.append(crop)
            self.rows.append((detected.photo, detected.person, face))
        while len(self.waiting) >= BATCH:
            self._encode(BATCH)

    def result(self) -> PipelineResult:
        """All of it; to be called once, at the end."""
        self._encode(len(self.waiting))
        photos, people, faces = zip(*self.rows) if self.rows else ((), (), ())
        vectors = np.concatenate(self.vectors)
        encodings = Embeddings(vectors, photos, people, self.encoder.fingerprint)
        crops = self._stacked(self.crops) if self.keep else None
        return PipelineResult(encodings, faces, crops, tuple(self.refused))

    def _encode(self, count: int) -> None:
        crops, self.waiting = self.waiting[:count], self.waiting[count:]
        self.vectors.append(self.encoder.encode(self._stacked(crops)))
        if self.keep:
            self.crops += crops

    def _stacked(self, crops: list[Crop]) -> UInt8[np.ndarray, "count height width channels"]:
        shape = self.encoder.height, self.encoder.width, self.encoder.channels
        return np.stack(crops) if crops else np.zeros((0, *shape), np.uint8)


def _prefetch(work: Callable[[Item], Done], items: Sequence[Item], workers: int) -> Iterator[Done]:
    """The results of `work` in order, made by threads that run a bounded way ahead."""
    under_way: deque[Future[Done]] = deque()
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
    if not isinstance(source, np.ndarray):
        content = source.bytes() if isinstance(source, ImageFile) else source
        try:
            return read(content)
        except ImageError as error:
            if not isinstance(content, bytes):  # named already
                raise
            raise ImageError(str(error).replace("the picture", name, 1)) from error
    right = source.dtype == np.uint8 and source.ndim == 3 and source.shape[2] in (1, 3)
    if not right or not source.size:
        raise ImageError(
            f"{name}: expected 8-bit pixels of height × width × 1 or 3, got {source.dtype} "
            f"{source.shape}. Convert them."
        )
    return source
