"""A threshold from a folder of people, as from their embeddings."""

from pathlib import Path

import numpy as np
import pytest

from triptych import faces
from triptych.faces.calibration.calibrate import calibrate as calibrate_embeddings
from triptych.faces.photos.identity_folder import load_identities
from triptych.faces.recognition.calibrate import calibrate
from triptych.faces.recognition.pipeline import FacePipeline
from triptych.frame.errors import ConfigError, DataError
from triptych.frame.progress import ProgressEvent
from triptych.frame.storage import images

from .colors import MeanColor


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    chance = np.random.default_rng(0)
    for person in range(8):
        color = chance.integers(0, 255, 3)
        (tmp_path / "team" / f"p{person}").mkdir(parents=True)
        for number in range(4):
            pixels = np.clip(color + chance.normal(0, 12, (8, 8, 3)), 0, 255).astype(np.uint8)
            images.save(tmp_path / "team" / f"p{person}" / f"{number}.png", pixels)
    return tmp_path / "team"


def test_a_folder_gives_what_its_embeddings_do(folder: Path):
    photos = load_identities(folder).photos
    embeddings = FacePipeline(MeanColor()).embed(photos).embeddings
    expected = calibrate_embeddings(embeddings, far=0.1, source="team", rounds=50)
    assert calibrate(folder, far=0.1, encoder=MeanColor(), rounds=50) == expected
    assert calibrate(str(folder), far=0.1, encoder=MeanColor(), rounds=50) == expected
    assert calibrate(embeddings, far=0.1, source="team", rounds=50) == expected
    assert faces.calibrate is calibrate


def test_too_few_pairs_are_told_before_a_photo_is_read(folder: Path):
    encoder, steps = MeanColor(), list[ProgressEvent]()
    with pytest.raises(ConfigError, match="needs 10,000 pairs"):
        calibrate(folder, encoder=encoder, progress=steps.append)
    assert encoder.encoded == 0 and steps == []


def test_a_folder_that_is_none_is_told(tmp_path: Path):
    with pytest.raises(DataError, match="cannot be read"):
        calibrate(tmp_path / "none", encoder=MeanColor())
