"""A commission opened: its pictures read, in its colours, and what it depends on told."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from triptych.frame.errors import ImageError, RunError
from triptych.frame.storage import images
from triptych.style.imaging.transparency import Content
from triptych.style.job.job import TransferJob
from triptych.style.job.session import (
    JobSession,
    check_resumable,
    checksum,
    fingerprint,
    method_facts,
    open_session,
)
from triptych.style.job.session import job_regions as regions_of
from triptych.style.networks._extractor import FeatureExtractor
from triptych.style.objectives.feature_objective import FeatureMethod
from triptych.style.objectives.objective import ScaleInputs
from triptych.style.objectives.patch_objective import PatchMethod
from triptych.style.optimization.config import TransferConfig
from triptych.style.optimization.memory import limit_memory

Open = Callable[..., JobSession]


@pytest.fixture
def studio(tiny: FeatureExtractor, tmp_path: Path) -> Open:
    """Opens a canvas of 12 × 8 pixels; what is given changes the commission."""
    for name, seed in {"photo": 0, "wave": 1}.items():
        pixels = np.random.default_rng(seed).integers(0, 256, (16, 24, 3), np.uint8)
        images.save(tmp_path / f"{name}.png", pixels)
    plain = TransferJob(
        *(str(tmp_path / "photo.png"), (str(tmp_path / "wave.png"),)),
        TransferConfig(size=12, steps=(2,)),
        features="tiny",
        device="cpu",
    )
    return lambda **changes: open_session(plain.with_changes(changes), method=FeatureMethod(tiny))


def test_before_the_first_step_the_picture_is_the_content_at_its_size(studio: Open):
    canvas = studio()
    expected = images.resize(images.read(canvas.job.content), 8, 12)
    assert canvas.image.shape == (8, 12, 3)
    assert np.abs(canvas.image.astype(int) - expected).mean() < 12  # another filter


def test_with_luminance_each_pixel_keeps_the_contents_own_colour(studio: Open):
    canvas = studio(colors="luminance", init="noise")
    blue_less_red = (np.diff(canvas.image[..., ::2].astype(int)) for canvas in (canvas, studio()))
    painted, content = blue_less_red
    free = (canvas.image > 0).all(2) & (canvas.image < 255).all(2)  # nothing was clipped
    assert free.sum() > 20
    assert np.abs(painted - content)[free].max() <= 2


def test_masks_are_read_by_their_names_for_the_contents_pixels(studio: Open):
    half = np.repeat(np.float32([[1, 1, 0, 0]]), 4, 0)
    asked = studio().job.with_changes({"masks": ("runs/a",), "soft": 0.0})
    told: list[Any] = []

    def read(name: str, content: np.ndarray) -> np.ndarray:
        told.append((name, content.shape))
        return half

    found = regions_of(asked, Content(np.zeros((4, 4, 3), np.uint8), None), read)
    assert told == [("runs/a", (4, 4, 3))]
    assert found is not None and torch.equal(found, torch.from_numpy(half)[None])
    assert regions_of(studio().job, Content(np.zeros((4, 4, 3), np.uint8), None), read) is None


# --- what a picture depends on ---


def test_facts_tell_the_files_and_the_network(studio: Open, tiny: FeatureExtractor):
    facts = studio().facts()
    photo = Path(studio().job.content)
    assert set(facts["sha256"]) == {"content", "style 1"}
    assert facts["sha256"]["content"] == hashlib.sha256(photo.read_bytes()).hexdigest()
    assert facts["method"]["layers"] == {"relu1_1": 0.5, "relu2_1": 0.5}
    assert facts["method"]["content_layer"] == "relu2_1"


def test_patches_are_told_without_a_network():
    told = method_facts(PatchMethod(seed=3))
    assert told["features"] == "patches" and told["seed"] == 3


def test_a_budget_is_told_with_what_is_judged_and_the_same_before_painting_and_after(
    tiny: FeatureExtractor,
):
    method = limit_memory(FeatureMethod(tiny), "4G")
    told = json.loads(json.dumps(method_facts(method)))
    assert told == {**method_facts(FeatureMethod(tiny)), "memory": 2**32}
    picture = torch.rand(1, 3, 12, 12)
    method.objective(ScaleInputs(picture, (picture,), (1.0,), 0.5))  # measures its network
    assert method_facts(method) == told


def test_a_fingerprint_changes_with_a_number_a_name_and_a_shape_alone():
    one, other = torch.tensor([[1.0, 2.0]]), torch.tensor([3.0])
    plain = fingerprint({"a": one, "b": other})
    assert plain == fingerprint({"b": other.clone(), "a": one.clone()})
    changed = ({"a": one + 1e-6, "b": other}, {"c": one, "b": other}, {"a": one.T, "b": other})
    assert len({plain, *map(fingerprint, changed)}) == 4


def test_of_a_run_the_model_counts_and_a_missing_file_is_told(tmp_path: Path):
    (tmp_path / "model.safetensors").write_bytes(b"abc")
    assert checksum(tmp_path) == hashlib.sha256(b"abc").hexdigest()
    with pytest.raises(ImageError, match=r"Cannot read .*gone\.png: no such file or directory"):
        checksum(tmp_path / "gone.png")


def test_what_has_changed_since_is_refused_or_told(studio: Open):
    canvas = studio()
    facts = canvas.facts()
    assert check_resumable(canvas, facts) == []
    (words,) = check_resumable(canvas, {**facts, "threads": 4711})
    assert "begun with 4711 CPU threads" in words and "OMP_NUM_THREADS=4711" in words
    (words,) = check_resumable(canvas, {**facts, "method": {}})
    assert "computes otherwise" in words
    for known in ({}, {"content": facts["sha256"]["content"]}):
        with pytest.raises(RunError, match=r"run\.json has lost its sha256"):
            check_resumable(canvas, {**facts, "sha256": known})
    images.save(canvas.job.styles[0], np.zeros((9, 9, 3), np.uint8))
    with pytest.raises(RunError, match=r"wave\.png has changed"):
        check_resumable(canvas, facts)
