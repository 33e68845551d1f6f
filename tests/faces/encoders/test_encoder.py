"""What every encoder relies on: fingerprints, unit vectors, crops of the right size."""

import numpy as np
import pytest

from triptych.faces.encoders._encoder import fingerprint, l2_normalize, same_encoder
from triptych.frame.errors import DataError, EncoderMismatchError


def test_a_fingerprint_tells_facts_apart_and_not_their_order():
    first = fingerprint("net", "weights", {"height": 112, "width": 96})
    assert first == fingerprint("net", "weights", {"width": 96, "height": 112})
    others = {
        fingerprint("other", "weights", {"height": 112, "width": 96}),
        fingerprint("net", "weights", {"height": 112, "width": 112}),
        fingerprint("net", "weights"),
        fingerprint("net"),
    }
    assert len({first, *others}) == 5


def test_vectors_are_made_as_long_as_one():
    vectors = np.array([[3, 4], [-1e-20, 0], [0, 1e30]], np.float32)
    assert np.allclose(l2_normalize(vectors, "it"), [[0.6, 0.8], [-1, 0], [0, 1]])
    assert l2_normalize(vectors[:0], "it").shape == (0, 2)


@pytest.mark.parametrize("row", [[0, 0], [np.nan, 1], [np.inf, 1]])
def test_vectors_without_a_direction_are_told(row: list[float]):
    with pytest.raises(DataError, match=r"^The encoder 'it' answers with numbers that are none"):
        l2_normalize(np.array([[1, 0], row], np.float32), "The encoder 'it'")


def test_another_encoder_is_told_with_both_names():
    same_encoder("net-1", "net-1", "The gallery")
    with pytest.raises(
        EncoderMismatchError, match=r"The gallery was made with the encoder 'net-1'.*net-2"
    ):
        same_encoder("net-1", "net-2", "The gallery")
