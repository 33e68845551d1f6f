"""A gallery with three faces of two people, and vectors to import."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from triptych.faces.embeddings import Embeddings
from triptych.faces.gallery.gallery import Gallery

ENCODER = "colors-0123456789ab"


@pytest.fixture
def vectors() -> np.ndarray:
    random = np.random.default_rng(0).normal(size=(5, 4))
    return (random / np.linalg.norm(random, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def gallery(tmp_path: Path, vectors: np.ndarray) -> Iterator[Gallery]:
    path = str(tmp_path / "people.db")
    with Gallery.open(path, encoder=ENCODER, size=4, create=True) as opened:
        names = ("Zoë", "Zoë", "O'Neil; DROP")
        rows = Embeddings(vectors[:3], ("a.jpg", "b, c.jpg", "d.jpg"), names, ENCODER)
        options = {"settings": {"aligned": True}, "source": "/team", "qualities": [0.5, None, 0.25]}
        opened.enroll(rows, ["a" * 64, "b" * 64, "c" * 64], **options)
        yield opened


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Gallery]:
    with Gallery.open(str(tmp_path / "empty.db"), encoder=ENCODER, size=4, create=True) as opened:
        yield opened
