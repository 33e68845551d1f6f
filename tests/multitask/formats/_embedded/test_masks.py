"""Masks inside of other files."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from triptych.frame.errors import ImageError
from triptych.multitask.formats._embedded.masks import EmbeddedMasks
from triptych.multitask.structures.import_problems import ImportProblems


def png(values: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(values).save(buffer, "png")
    return buffer.getvalue()


def test_each_mask_has_a_file_of_its_own(tmp_path: Path):
    masks = EmbeddedMasks(tmp_path, tmp_path / "scratch", ImportProblems())
    one, two = np.eye(3, dtype=np.uint8), np.ones((2, 2), np.uint8)
    masks.decide(map(png, (one, two)))
    (first, _), (second, _) = masks.read(png(one)), masks.read(png(two))
    assert first is not None and second is not None
    assert (np.asarray(Image.open(first.file)) == one).all()
    assert (np.asarray(Image.open(second.file)) == two).all()
    assert masks.classes == ("foreground",)


def test_masks_of_things_become_objects(tmp_path: Path):
    (tmp_path / "masks.yaml").write_text("{kind: instances, label: cell}")
    masks = EmbeddedMasks(tmp_path, tmp_path / "scratch", ImportProblems())
    values = np.array([[0, 1], [2, 2]], np.uint8)
    masks.decide([png(values)])
    _, things = masks.read(png(values))
    assert [thing.label for thing in things or ()] == ["cell", "cell"]


def test_a_mask_before_any_is_known_is_refused(tmp_path: Path):
    masks = EmbeddedMasks(tmp_path, tmp_path / "scratch", ImportProblems())
    masks.decide([b"no picture"])
    with pytest.raises(ImageError, match="nobody knows"):
        masks.read(b"no picture")
