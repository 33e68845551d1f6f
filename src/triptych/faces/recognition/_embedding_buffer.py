"""Crops of many photos, encoded in batches as they come."""

from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float32, UInt8

from ...frame.storage.image_folder import SkippedImage
from ..detection.face import Crop, Face
from ..embeddings import Embeddings
from ..encoders._encoder import Encoder
from .pipeline_result import FaceCrop, PipelineResult

BATCH = 32  # crops handed to the encoder at once; it divides them as suits the device


@dataclass(frozen=True, eq=False)
class DetectedPhoto:
    """One photo after alignment: its crops, or the reason why there are none.

    Parameters:
        photo: its name.
        person: who is on it, "" where that is not known.
        crops: of its faces.
        reason: why it is refused, "" where it is not.
        note: what may be missing of it, "" where nothing.
    """

    photo: str
    person: str
    crops: list[FaceCrop] = field(default_factory=list)
    reason: str = ""
    note: str = ""


class EmbeddingBuffer:
    """Crops waiting to be encoded, and all that is known of those that were."""

    def __init__(self, encoder: Encoder, keep_crops: bool):
        """
        Parameters:
            encoder: what crops are encoded by.
            keep_crops: whether the result holds them.
        """
        self.encoder, self.keep_crops = encoder, keep_crops
        self.waiting: list[Crop] = []
        self.vectors: list[Float32[np.ndarray, "some size"]] = []
        self.crops: list[Crop] = []
        self.rows: list[tuple[str, str, Face | None]] = []
        self.refused: list[SkippedImage] = []
        self.incomplete: list[SkippedImage] = []

    def add(self, detected: DetectedPhoto) -> None:
        """Take the crops of a photo, and encode as soon as a batch is full."""
        if detected.reason:
            self.refused.append(SkippedImage(detected.photo, detected.reason))
        if detected.note:
            self.incomplete.append(SkippedImage(detected.photo, detected.note))
        for one in detected.crops:
            self.waiting.append(one.crop)
            self.rows.append((detected.photo, detected.person, one.face))
        while len(self.waiting) >= BATCH:
            self._encode(BATCH)

    def result(self) -> PipelineResult:
        """All of it; to be called once, at the end."""
        self._encode(len(self.waiting))
        photos, people, faces = zip(*self.rows) if self.rows else ((), (), ())
        vectors = np.concatenate(self.vectors)
        embeddings = Embeddings(vectors, photos, people, self.encoder.fingerprint)
        crops = self._stack(self.crops) if self.keep_crops else None
        return PipelineResult(embeddings, faces, crops, tuple(self.refused), tuple(self.incomplete))

    def _encode(self, count: int) -> None:
        crops, self.waiting = self.waiting[:count], self.waiting[count:]
        self.vectors.append(self.encoder.encode(self._stack(crops)))
        if self.keep_crops:
            self.crops += crops

    def _stack(self, crops: list[Crop]) -> UInt8[np.ndarray, "count height width channels"]:
        shape = self.encoder.height, self.encoder.width, self.encoder.channels
        return np.stack(crops) if crops else np.zeros((0, *shape), np.uint8)
