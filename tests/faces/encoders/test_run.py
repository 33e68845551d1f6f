"""A trained encoder is what was kept, and says so; what was changed since is told."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from triptych.faces.calibration.calibration import Calibration
from triptych.faces.detection.template import ARCFACE_112X96, LandmarkTemplate
from triptych.faces.encoders._embedding_net import EmbeddingNet
from triptych.faces.encoders.run import RunEncoder, run_fingerprint, save_encoder
from triptych.frame.errors import DataError, ImageError, RunError
from triptych.frame.storage import model_files

CROPS = np.random.default_rng(0).integers(0, 256, (9, 28, 24, 3), dtype=np.uint8)
TEMPLATE = LandmarkTemplate(28, 24, tuple((x / 4, y / 4) for x, y in ARCFACE_112X96.points))
CALIBRATION = Calibration(
    *("trained-0", 1.0, 0.9, 1.1, 0.01, 0.01, 0.0, 0.02, -9.0, 9.0, 5, 50, 200, 900, "people")
)


def network(seed: int = 0, **options: int) -> EmbeddingNet:
    torch.manual_seed(seed)
    return EmbeddingNet(
        "residual", 3, 28, 24, dim=16, options=options or {"base_channels": 8}
    ).eval()


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    save_encoder(tmp_path, network(), TEMPLATE, CALIBRATION)
    return tmp_path


def change(folder: Path, **facts: object) -> None:
    path = folder / model_files.DESCRIPTION
    path.write_text(json.dumps({**json.loads(path.read_bytes()), **facts}))


def test_what_is_kept_encodes_the_same(saved: Path):
    encoder = RunEncoder(saved)
    assert np.allclose(encoder.encode(CROPS), network().encode(CROPS), atol=1e-6)
    assert (encoder.height, encoder.width, encoder.channels, encoder.dim) == (28, 24, 3, 16)
    assert encoder.template == TEMPLATE and encoder.calibration == CALIBRATION
    assert encoder.name == saved.name
    assert encoder.encode(CROPS[:0]).shape == (0, 16)


def test_whole_pictures_need_no_template_and_no_threshold(tmp_path: Path):
    save_encoder(tmp_path, network(), None)
    encoder = RunEncoder(tmp_path)
    assert encoder.template is None and encoder.calibration is None


def test_a_fingerprint_is_of_what_changes_the_numbers_and_nothing_else(tmp_path: Path):
    def kept(
        embedding: EmbeddingNet, template: LandmarkTemplate | None, *calibration: Calibration
    ) -> str:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        save_encoder(folder, embedding, template, *calibration)
        return RunEncoder(folder).fingerprint

    first = kept(network(), TEMPLATE)
    assert first == kept(network(), TEMPLATE, CALIBRATION)
    moved = LandmarkTemplate(28, 24, tuple((x + 1, y) for x, y in TEMPLATE.points))
    others = {kept(network(1), TEMPLATE), kept(network(), None), kept(network(), moved)}
    assert len({first, *others}) == 4
    assert first.startswith("trained-") and len(first) == len("trained-") + 12


def test_a_fingerprint_is_known_before_anything_is_written(saved: Path):
    embedding = network()
    digest = model_files.checksum(embedding.state_dict())
    assert run_fingerprint(digest, embedding, TEMPLATE) == RunEncoder(saved).fingerprint


def test_crops_of_another_size_are_told(saved: Path):
    with pytest.raises(ImageError, match="expects crops of 28×24×3, got 28×24×1"):
        RunEncoder(saved).encode(CROPS[..., :1])


def test_damaged_weights_are_told(tmp_path: Path):
    embedding = network()
    with torch.no_grad():
        embedding.last.linear1.conv.weight[0, 0] = float("nan")
    save_encoder(tmp_path, embedding, None)
    with pytest.raises(DataError, match="its weights are damaged"):
        RunEncoder(tmp_path).encode(CROPS)


@pytest.mark.parametrize(
    "facts",
    [
        {"embedding": None},
        {"embedding": {}},
        {"embedding": {**network().description(), "size": 17}},
        {"embedding": {**network().description(), "size": 10**12}},
        {"embedding": {**network().description(), "channels": 2}},
        {"embedding": {**network().description(), "height": 112}},
        {"embedding": {**network().description(), "backbone": "vanished"}},
        {"embedding": {**network().description(), "options": {"bass": 3}}},
        {"template": {"height": 28}},
        {"template": replace(TEMPLATE, height=29).to_dict()},
        {"template": 3},
        {"calibration": {"format": 1}},
        {"calibration": 3},
    ],
    ids=str,
)
def test_a_description_that_does_not_fit_is_told(saved: Path, facts: dict):
    change(saved, **facts)
    with pytest.raises(RunError, match=r"model\.json and its weights do not fit") as told:
        RunEncoder(saved)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("panel", ["multitask", None, 3])
def test_a_run_of_another_panel_is_told(saved: Path, panel: object):
    change(saved, panel=panel)
    with pytest.raises(RunError, match=r"a run of `triptych faces train`, but .* is another"):
        RunEncoder(saved)


def test_a_folder_without_a_run_is_told(tmp_path: Path):
    with pytest.raises(RunError, match="Expected a finished run"):
        RunEncoder(tmp_path)
