"""Every example runs, on few digits and few faces."""

import runpy
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from triptych.faces.encoders._embedding_net import EmbeddingNet
from triptych.faces.encoders.run import save_encoder
from triptych.faces.photos import pk_sampler
from triptych.frame.storage import images
from triptych.multitask import DATASETS, HEADS
from triptych.multitask.datasets import emoji, mosaic_digits
from triptych.style.objectives import patch_objective
from triptych.style.schedule import Schedule

FOLDER = Path(__file__).parents[1] / "examples"
EXAMPLES = sorted(path.stem for path in FOLDER.glob("*.py"))
# those of another panel are run by tests of their own
TRAINED = [name for name in EXAMPLES if not name.startswith(("faces_", "style_"))]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few scenes and mosaics; what an example puts on a shelf is taken off again."""
    for part in ("train", "validation", "test"):
        monkeypatch.setitem(emoji.SPLIT_SIZES, part, 16)
    monkeypatch.setattr(mosaic_digits, "TEST_SIZE", 20)
    for shelf in (HEADS, DATASETS):
        monkeypatch.setattr(shelf, "_registered", dict(shelf._registered))


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("name", TRAINED)
def test_an_example_trains_and_tells_its_figures(
    name: str, few_digits: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main = runpy.run_path(str(FOLDER / f"{name}.py"))["main"]
    main(epochs=1, source="drawn" if name == "emoji" else str(few_digits), out=tmp_path / "run")
    assert "/" in capsys.readouterr().out
    assert (tmp_path / "run" / "model.safetensors").exists()


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_short(name: str) -> None:
    lines = (FOLDER / f"{name}.py").read_text().splitlines()
    assert sum(map(bool, lines)) <= 70  # written ones


def example(name: str) -> Callable[..., None]:
    return runpy.run_path(str(FOLDER / f"{name}.py"))["main"]


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for each drawn digit, which stands for people."""
    drawn = runpy.run_path(str(FOLDER / "faces_triplets.py"))["drawn"]
    return drawn(tmp_path_factory.mktemp("pictures"))


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A run whose network takes small grey pictures whole, and has learnt nothing."""
    folder = tmp_path_factory.mktemp("runs")
    save_encoder(folder, EmbeddingNet("residual", 1, 28, 28, dim=16).eval(), None)
    return str(folder)


def test_triplets_train_on_drawn_digits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(pk_sampler, "MIN_STEPS", 2)
    example("faces_triplets")(epochs=1, out=tmp_path / "run")
    assert "verification/" in capsys.readouterr().out
    assert (tmp_path / "run" / "model.safetensors").exists()


def test_two_photos_are_verified(
    pictures: Path, encoder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    photo = pictures / "digit 3" / "00.png"
    example("faces_verify")(photo, photo, encoder=encoder, threshold=0.01)
    assert capsys.readouterr().out.startswith("the same person\ndistance 0.000")


def test_a_known_photo_is_identified_and_another_is_not(
    pictures: Path, encoder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo = pictures / "digit 7" / "04.png"
    options = {"gallery": str(tmp_path / "people.db"), "encoder": encoder}
    example("faces_identify")(pictures, [photo], threshold=0.0001, templates=False, **options)
    assert f"{photo}: digit 7" in capsys.readouterr().out
    stranger = tmp_path / "stranger.png"
    stranger.write_bytes((FOLDER.parent / "docs/pictures/emoji-hard.png").read_bytes())
    example("faces_identify")(pictures, [stranger], threshold=0.0001, templates=False, **options)
    told = capsys.readouterr().out
    assert "0 photos added, 240 known before" in told and f"{stranger}: unknown" in told


def test_a_threshold_is_found_and_judged(
    pictures: Path, encoder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    example("faces_threshold")(pictures, pictures, encoder=encoder, out=tmp_path / "told")
    assert "verification/accuracy" in capsys.readouterr().out
    assert (tmp_path / "told" / "threshold.json").exists()
    assert (tmp_path / "told" / "report.html").exists()


@pytest.fixture
def painted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """A content that fades and two styles of stripes, to be painted in two steps."""
    monkeypatch.setattr(patch_objective, "SCHEDULE", Schedule((2,)))
    fading = np.linspace(40, 220, 32).repeat(3).reshape(1, 32, 3).repeat(24, 0)
    stripes = np.where(np.arange(24) % 6 < 3, 30, 230)[:, None, None] * np.ones((1, 32, 3))
    pictures = {"content": fading, "style": stripes, "another": stripes[:, ::-1] // 2}
    for name, picture in pictures.items():
        images.save(tmp_path / f"{name}.png", picture.astype(np.uint8))
    return [tmp_path / f"{name}.png" for name in pictures]


def test_a_picture_is_painted_into_a_run(
    painted: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paint, out = example("style_paint"), tmp_path / "run"
    paint(*painted[:2], features="patches", size=32, out=out)
    assert "2 steps, total cost" in capsys.readouterr().out
    assert images.read(out / "picture.png").shape == (24, 32, 3)
    paint(*painted[:2], features="patches", size=32, out=out)
    assert "is finished" in capsys.readouterr().out


def test_only_the_middle_is_painted(
    painted: list[Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(patch_objective, "SCHEDULE", Schedule((40,)))
    out = tmp_path / "picture.png"
    example("style_control")(*painted, features="patches", size=32, out=out)
    assert "of the photo is as it was" in capsys.readouterr().out
    before, after = (images.read(path).astype(int) for path in (painted[0], out))
    changed = abs(before - after).max(2)
    assert changed[:, :1].max() <= 1 < changed[:, 8:24].max()


def test_a_sweep_is_laid_on_a_sheet(
    painted: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "sheet.png"
    few = {"strengths": "0.2,0.8", "scales": "1"}
    example("style_sweep")(*painted[:2], **few, features="patches", size=32, out=out)
    told = capsys.readouterr().out
    assert "strength 0.2, style-scale 1: total" in told and "strength 0.8" in told
    assert images.read(out).shape[1] > 64
