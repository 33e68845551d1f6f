"""Applying a painting network: any size, tiles without seams, damaged runs refused."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from triptych.frame.errors import ConfigError, ImageError, RunError
from triptych.frame.storage import images, model_files
from triptych.style.fast.apply import FastStyler, apply, load, save
from triptych.style.fast.transformer_net import ARCH_VERSION, TransformerNet


def made() -> TransformerNet:
    torch.manual_seed(0)
    network = TransformerNet(4, 1)
    nn.init.normal_(network.to_rgb.weight, 0, 0.5)
    return network


@pytest.fixture(scope="module")
def painter() -> FastStyler:
    return FastStyler(made())


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = tmp_path / "run"
    folder.mkdir()
    save(folder, made(), 64)
    return folder


UNTRAINED = FastStyler(TransformerNet(4, 1))


def noise(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(height * 1000 + width).integers(0, 256, (height, width, 3), "u1")


sides = st.integers(1, 40)


@settings(max_examples=40)
@given(sides, sides, st.none() | st.integers(1, 50))
def test_a_picture_of_any_size_is_painted(height: int, width: int, size: int | None):
    painted = UNTRAINED.paint(noise(height, width), size=size)
    assert painted.dtype == np.uint8
    assert max(painted.shape[:2]) == (size or max(height, width))


def test_an_untrained_network_paints_grey():
    content = noise(40, 56)
    assert (UNTRAINED.paint(content) == 128).all()
    assert (UNTRAINED.paint(content, tile=16) == 128).all()


@pytest.mark.parametrize(("height", "width"), [(150, 90), (64, 201), (65, 67), (129, 16)])
@pytest.mark.parametrize("tile", [32, 47])
def test_a_picture_in_tiles_is_the_picture_painted_whole(
    painter: FastStyler, height: int, width: int, tile: int
):
    content = noise(height, width) // 2 + 60
    whole, tiled = painter.paint(content), painter.paint(content, tile=tile)
    assert np.abs(whole.astype(int) - content).mean() > 5
    # what was 0.5 of 255 apart by a hair is rounded to either side
    assert np.abs(whole.astype(int) - tiled).max() <= 1
    assert (whole != tiled).mean() < 0.01


def test_the_longer_side_is_as_asked_for(painter: FastStyler):
    assert painter.paint(noise(30, 60), size=40).shape == (20, 40, 3)


def test_sizes_that_are_none_are_refused(painter: FastStyler):
    for wrong in ({"size": 0}, {"tile": 4}):
        with pytest.raises(ConfigError, match="Expected a size"):
            painter.paint(noise(20, 20), **wrong)


def test_a_kept_network_paints_the_same(painter: FastStyler, run: Path, tmp_path: Path):
    content = noise(40, 33)
    images.save(tmp_path / "one.png", content)
    images.save(tmp_path / "two.png", noise(20, 20))
    ((first, painted), (second, _)) = apply(
        run, [tmp_path / "one.png", tmp_path / "two.png"], device="cpu"
    )
    assert (first.name, second.name) == ("one.png", "two.png")
    assert (painted == painter.paint(content)).all()


def test_a_picture_that_cannot_be_read_is_told(run: Path, tmp_path: Path):
    (tmp_path / "bad.png").write_bytes(b"no picture")
    with pytest.raises(ImageError, match=r"bad\.png"):
        list(apply(run, [tmp_path / "bad.png"]))


def test_what_is_not_painted_of_a_folder_is_told(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    photos = tmp_path / "photos"
    (photos / "more").mkdir(parents=True)
    images.save(photos / "a.png", noise(20, 20))
    images.save(photos / "more" / "b.png", noise(20, 20))
    (photos / "bad.png").write_bytes(b"no picture")
    (photos / "notes.txt").write_text("x")
    left_out: list[str] = []
    skipped: list[str] = []

    def skip(name: str, error: ImageError) -> None:
        skipped.append(Path(name).name)

    painted = apply(run, photos, skip=skip, left_out=lambda each: left_out.append(each.photo))
    assert [path.name for path, _ in painted] == ["a.png"]
    assert skipped == ["bad.png"] and left_out == ["more", "notes.txt"]
    assert capsys.readouterr().err == ""
    every = apply(run, photos, recursive=True, skip=skip)
    assert [path.name for path, _ in every] == ["a.png", "b.png"]
    assert "left out: " in (words := capsys.readouterr().err) and "notes.txt" in words


def change(run: Path, **changes: object) -> None:
    path = run / model_files.DESCRIPTION
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"panel": "faces"}, "is a run of `triptych faces train`: .* --encoder"),
        ({"panel": "cubism"}, "but .* is another"),
        ({"panel": "style", "feedforward": None}, "do not fit"),
        ({"feedforward": {"form": ARCH_VERSION, "width": 8, "blocks": 1}}, "do not fit"),
        ({"feedforward": {"form": ARCH_VERSION, "width": 4, "blocks": "1"}}, "do not fit"),
        ({"feedforward": {"form": ARCH_VERSION, "width": 10**9, "blocks": 1}}, "do not fit"),
        ({"format": 99}, "Upgrade"),
    ],
)
def test_a_description_that_does_not_fit_is_refused(run: Path, changes: dict, told: str):
    change(run, **changes)
    with pytest.raises(RunError, match=told):
        load(run)


def test_damaged_and_missing_runs_are_refused(run: Path, tmp_path: Path):
    with pytest.raises(RunError, match="Expected a finished run"):
        load(tmp_path / "none")
    path = run / model_files.WEIGHTS
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(RunError, match="damaged or was changed"):
        load(run)


def test_weights_that_are_no_numbers_are_refused(run: Path):
    network = made()
    network.to_rgb.weight.data.fill_(float("nan"))
    save(run, network, 64)
    with pytest.raises(RunError, match="no numbers"):
        load(run)
