import numpy as np
import pytest

from triptych.faces.recognition import _embedding_buffer
from triptych.faces.recognition._embedding_buffer import DetectedPhoto, EmbeddingBuffer
from triptych.faces.recognition.pipeline_result import FaceCrop

from .colors import BLUE, GREEN, RED, MeanColor, plain


class Batches(MeanColor):
    """Remembers how many crops it was handed at once."""

    def __init__(self):
        self.sizes: list[int] = []

    def encode(self, crops):
        self.sizes.append(len(crops))
        return super().encode(crops)


def test_crops_are_encoded_as_soon_as_a_batch_is_full(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(_embedding_buffer, "BATCH", 2)
    encoder = Batches()
    buffer = EmbeddingBuffer(encoder, keep_crops=True)
    buffer.add(DetectedPhoto("a", "Ada", [FaceCrop(plain(RED), None)]))
    assert encoder.sizes == []
    buffer.add(DetectedPhoto("b", "", [FaceCrop(plain(c), None) for c in (GREEN, BLUE)]))
    assert encoder.sizes == [2]
    buffer.add(DetectedPhoto("c", "", reason="no face"))
    result = buffer.result()
    assert encoder.sizes == [2, 1]
    assert result.embeddings.photos == ("a", "b", "b")
    assert result.embeddings.identities == ("Ada", "", "")
    assert result.embeddings.vectors.argmax(1).tolist() == [0, 1, 2]
    assert [(each.photo, each.reason) for each in result.refused] == [("c", "no face")]
    assert result.crops is not None and (result.crops[1] == plain(GREEN)).all()


def test_nothing_is_an_empty_result():
    result = EmbeddingBuffer(MeanColor(), keep_crops=False).result()
    assert result.embeddings.vectors.shape == (0, 3) and result.crops is None
    assert np.array_equal(result.embeddings.labels(), np.zeros(0, np.int64))
