"""What the pages show runs, and what they link to exists."""

import re
from collections.abc import Sequence
from dataclasses import fields
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from triptych import faces, multitask, style
from triptych.faces.encoders._embedding_net import EmbeddingNet
from triptych.faces.encoders.run import RunEncoder, save_encoder
from triptych.faces.training.config import TripletConfig
from triptych.faces.training.setup import starting_points, starting_settings
from triptych.frame.config import TrainingConfig
from triptych.frame.storage import images
from triptych.multitask.datasets import emoji, mosaic_digits
from triptych.multitask.engine.contact_sheets import first_batch, to_uint8
from triptych.multitask.sources import drawn
from triptych.style.fast import perceptual_loss
from triptych.style.networks._extractor import FeatureExtractor
from triptych.style.objectives.feature_objective import FeatureMethod
from triptych.style.optimization import transfer
from triptych.style.schedule import Schedule

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
RUN = [
    "README.md",
    "docs/augmentation.md",
    "docs/from-the-courses.md",
    "docs/own-metric-and-callback.md",
    "docs/faces.md",
    "docs/galleries.md",
    "docs/style.md",
]
SHOWN = ["own_head", "own_dataset"]


def snippets(page: Path) -> list[str]:
    return re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL)


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A folder with two pictures, few drawn digits, and trainings of one epoch."""
    monkeypatch.chdir(tmp_path)
    for split, count in {"train": 240, "test": 60}.items():
        monkeypatch.setitem(drawn.DIGITS, split, count)
    for part in emoji.SPLIT_SIZES:
        monkeypatch.setitem(emoji.SPLIT_SIZES, part, 16)
    monkeypatch.setattr(mosaic_digits, "TEST_SIZE", 20)
    monkeypatch.setattr(multitask, "train", partial(multitask.train, epochs=1))
    digit = to_uint8(first_batch(multitask.open_dataset("digits", "drawn"), "test", 1).images[0])
    for ending in ("jpg", "png"):
        images.save(f"my-digit.{ending}", digit.repeat(9, 0).repeat(9, 1))
    people(monkeypatch, tmp_path)
    hands(monkeypatch, tmp_path)


def people(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Photos of noise, and an encoder that takes them whole, for there is no pretrained one."""
    chance = np.random.default_rng(0)
    for name in ("ann-1.jpg", "ann-2.jpg", "party.jpg", "photo.jpg", "team/Ann/1.jpg"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        images.save(folder / name, chance.integers(0, 256, (32, 32, 3)).astype(np.uint8))
    (folder / "encoder").mkdir()
    save_encoder(folder / "encoder", EmbeddingNet("residual", 1, 28, 28, dim=16).eval(), None)
    encoder = RunEncoder(folder / "encoder")
    numbers = {
        "threshold": 1.0,
        "threshold_low": 0.9,
        "threshold_high": 1.1,
        "slope": -9.0,
        "intercept": 9.0,
    }
    rates = {"target_far": 0.01, "far": 0.01, "far_low": 0.005, "far_high": 0.02}
    counts = {"people": 24, "photos": 240, "genuine_pairs": 1080, "impostor_pairs": 27_600}
    told = {"encoder": encoder.fingerprint, "source": "nobody", **numbers, **rates, **counts}
    encoder.calibration = faces.Calibration(**told)
    monkeypatch.setattr(faces, "load_encoder", lambda: encoder)


def hands(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Paintings of noise, a step at each scale, and a network of chance that judges."""
    chance = np.random.default_rng(1)
    for name in ("painting.jpg", "wave.jpg", "photos/1.jpg", "photos/2.jpg"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        images.save(folder / name, chance.integers(0, 256, (48, 40, 3)).astype(np.uint8))
    sizes = {"size": 32, "style_size": 32, "width": 4, "blocks": 1, "steps": 2, "epochs": 1}
    monkeypatch.setattr(style, "build_method", lambda: FeatureMethod(Judging()))
    monkeypatch.setattr(transfer, "build_method", lambda *_, **__: FeatureMethod(Judging()))
    monkeypatch.setattr(perceptual_loss, "load_extractor", lambda *_, **__: Judging())
    monkeypatch.setattr(style, "train", partial(style.train, **sizes), raising=False)


class Judging(FeatureExtractor):
    """One convolution of random weights."""

    def __init__(self) -> None:
        super().__init__()
        self.name, self.layers, self.strides = "random", ("relu1_1",), {"relu1_1": 1}
        self.content_layer, self.style_layers = "relu1_1", {"relu1_1": 1.0}
        self.schedule = Schedule((1,))
        self.first = torch.randn(4, 3, 3, 3, generator=torch.Generator().manual_seed(0))

    def extract(self, picture: Tensor, layers: Sequence[str]) -> dict[str, Tensor]:
        return dict.fromkeys(layers, F.conv2d(picture, self.first, padding=1).relu())


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("page", RUN)
def test_the_snippets_of_a_page_run_in_order(page: str) -> None:
    names: dict[str, object] = {}
    for snippet in snippets(ROOT / page):
        exec(compile(snippet, page, "exec"), names)


@pytest.mark.parametrize("example", SHOWN)
def test_a_worked_example_is_that_of_the_examples(example: str) -> None:
    code = (ROOT / "examples" / f"{example}.py").read_text()
    assert any(snippet in code for snippet in snippets(ROOT / "CONTRIBUTING.md"))


NOT_OF_FACES = ("batch", "monitor", "freeze_epochs", "freeze_stages", "layer_decay")
"""Settings of other trainings that cannot be set there."""


@pytest.mark.parametrize("kind", [TripletConfig, TrainingConfig])
def test_settings_of_training_faces_are_told_as_they_are(kind: type) -> None:
    rows = (ROOT / "docs/faces-training.md").read_text().splitlines()
    for known in fields(kind):
        if known.name in NOT_OF_FACES:
            continue
        words = {True: "yes", False: "no"}
        value = words[known.default] if isinstance(known.default, bool) else known.default
        end = f" | {value} | {known.metadata['description']} |"
        assert any(row.startswith(f"| `{known.name}`") and row.endswith(end) for row in rows)


def test_what_each_start_of_training_recommends_is_told_as_it_is() -> None:
    rows = (ROOT / "docs/faces-training.md").read_text().splitlines()
    starts = ["scratch", "mobilefacenet", "dlib"]
    assert sorted(starts) == sorted(starting_points())
    head = " | ".join(["| setting", *(f"`--encoder {start}`" for start in starts)])
    assert f"{head} |" in rows
    recommended = [starting_settings(start) for start in starts]
    for setting in {name for settings in recommended for name in settings}:
        values = [str(settings.get(setting, "–")) for settings in recommended]
        assert f"| `{setting}` | {' | '.join(values)} |" in rows


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_what_a_page_links_to_exists(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []
