"""The ONNX twin of a painting network paints what the network paints."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from triptych.frame.errors import (
    ConfigError,
    DataError,
    MissingDependencyError,
    RunError,
    WriteError,
)
from triptych.style.fast import onnx_export
from triptych.style.fast.apply import load, save
from triptych.style.fast.transformer_net import TransformerNet

pytest.importorskip("onnx", reason="the extra 'export' is not installed")
pytest.importorskip("onnxscript", reason="the extra 'export' is not installed")
pytest.importorskip("onnxruntime", reason="the extra 'export' is not installed")

pytestmark = pytest.mark.slow  # the export takes more than ten seconds


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run folder with a network of random weights."""
    torch.manual_seed(0)
    network = TransformerNet(4, 1)
    nn.init.normal_(network.to_rgb.weight, 0, 1.0)
    folder = tmp_path_factory.mktemp("run")
    save(folder, network, 64)
    return folder


@pytest.fixture(scope="module")
def model(run: Path) -> Path:
    assert onnx_export.export(run, run / "model.onnx") < 1e-4
    return run / "model.onnx"


def test_the_twin_paints_pictures_of_any_size_and_number(run: Path, model: Path):
    network, chance = load(run, device="cpu").network, np.random.default_rng(0)
    for shape in ((1, 3, 16, 16), (3, 3, 31, 70), (1, 3, 130, 41)):
        content = chance.random(shape, "f4")
        with torch.inference_mode():
            expected = network(torch.from_numpy(content)).clamp(0, 1).numpy()
        found = onnx_export.run_onnx(model.read_bytes(), content)
        np.testing.assert_allclose(found, expected, atol=1e-4)


def test_the_twin_keeps_within_black_and_white(model: Path):
    content = np.zeros((1, 3, 32, 32), "f4")
    content[..., 16:] = 1
    painted = onnx_export.run_onnx(model.read_bytes(), content)
    assert painted.min() == 0 or painted.max() == 1
    assert painted.min() >= 0 and painted.max() <= 1


def test_a_twin_that_differs_is_not_written(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: Path
):
    monkeypatch.setattr(onnx_export, "to_onnx", lambda _: model.read_bytes())
    monkeypatch.setattr(onnx_export, "max_abs_difference", lambda *_: float("nan"))
    with pytest.raises(DataError, match="differs by nan"):
        onnx_export.export(run, tmp_path / "model.onnx")
    assert not list(tmp_path.iterdir())


def test_what_cannot_be_exported_is_told_in_words(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: Path
):
    with pytest.raises(RunError, match="Expected a finished run"):
        onnx_export.export(tmp_path, tmp_path / "model.onnx")
    with pytest.raises(ConfigError, match=r"ends in \.onnx, got .*model\.pt"):
        onnx_export.export(run, tmp_path / "model.pt")
    monkeypatch.setattr(onnx_export, "to_onnx", lambda _: model.read_bytes())
    with pytest.raises(WriteError, match="no folder"):
        onnx_export.export(run, tmp_path / "none" / "model.onnx")


def test_a_missing_package_is_named(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(__import__("sys").modules, "onnxscript", None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'triptych\[export\]'"):
        onnx_export.export(run, tmp_path / "model.onnx")
