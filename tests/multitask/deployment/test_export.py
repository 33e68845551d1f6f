"""A run becomes a file that answers as it does, or no file at all."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from triptych import multitask
from triptych.frame.errors import (
    AssetNotFoundError,
    ConfigError,
    RunError,
    UnknownNameError,
    WriteError,
)
from triptych.multitask.deployment import agreement, formats
from triptych.multitask.deployment.export import ExportError
from triptych.multitask.deployment.exported_model import ExportedModel
from triptych.multitask.deployment.onnx_graph import to_onnx
from triptych.multitask.deployment.onnx_run import onnx_run
from triptych.multitask.inference.model_card import METADATA
from triptych.multitask.model.multitask_model import MultitaskModel

onnx = pytest.importorskip("onnx", reason="the extra 'onnx' is not installed")
pytest.importorskip("onnxruntime", reason="the extra 'onnx' is not installed")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, few_digits: Path) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "run"
    multitask.train(
        "digits", heads=["label", "box", "mask"], source=str(few_digits), out=folder, epochs=1
    )
    return folder


def test_a_run_is_exported_and_compared_by_every_metric(run: Path, tmp_path: Path):
    result = multitask.export(run, tmp_path / "model.onnx", split="validation")
    assert result.path.stat().st_size == result.bytes
    assert set(result.agreement.differences) == {"digit", "box", "mask"}
    assert max(result.agreement.differences.values()) < 1e-4
    assert {"digit/accuracy", "box/iou_when_right"} <= set(result.agreement.metrics)
    assert result.agreement.images > 0 and not result.agreement.breaches()
    props = onnx.load(result.path).metadata_props
    told = json.loads({one.key: one.value for one in props}[METADATA])
    assert told["run"] == "run" and told["heads"]["digit"]["classes"] == list("0123456789")
    assert set(told["outputs"]) >= {"digit.probabilities", "box", "mask", "novelty"}


def test_a_file_that_answers_otherwise_is_not_written(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def other(content: bytes) -> formats.Run:
        answers = onnx_run(content)
        return lambda images: {**answers(images), "box": answers(images)["box"] + 0.1}

    monkeypatch.setattr(formats, "onnx_run", other)
    with pytest.raises(ExportError, match=r"not written: box differs by 0\.00"):
        multitask.export(run, tmp_path / "model.onnx", images=10)
    assert not list(tmp_path.iterdir())


def test_slips_are_told_in_one_line(run: Path, tmp_path: Path):
    with pytest.raises(ConfigError, match=r"ends in .*\.onnx.*, got .*model\.h5"):
        multitask.export(run, tmp_path / "model.h5")
    with pytest.raises(UnknownNameError, match="int4"):
        multitask.export(run, tmp_path / "m.onnx", precision="int4")
    with pytest.raises(ConfigError, match=r"float32 or fp16 for a \.pt2 file, got int8"):
        multitask.export(run, tmp_path / "model.pt2", precision="int8")
    with pytest.raises(AssetNotFoundError, match=r"ort\.wasm.*TRIPTYCH_OFFLINE"):
        multitask.export(run, tmp_path / "model.html")
    with pytest.raises(RunError):
        multitask.export(tmp_path, tmp_path / "model.onnx")
    with pytest.raises(WriteError):
        multitask.export(run, tmp_path / "none" / "model.onnx", images=10)


@pytest.mark.parametrize("precision", ["int8", "fp16"])
def test_fewer_bits_are_held_to_the_main_metric_of_each_head(
    run: Path, tmp_path: Path, precision: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(agreement, "MAIN_TOLERANCE", 0.5)  # a run of one epoch is hardly trained
    whole = multitask.export(run, tmp_path / "model.onnx", images=10)
    result = multitask.export(run, tmp_path / "small.onnx", images=10, precision=precision)
    assert result.bytes < 0.75 * whole.bytes
    assert result.agreement.main == ("digit/accuracy", "box/iou", "mask/jaccard")
    assert max(result.agreement.differences.values()) > 1e-4
    nodes = {node.op_type for node in onnx.load(result.path).graph.node}
    assert ("QuantizeLinear" in nodes) == (precision == "int8")
    monkeypatch.setattr(agreement, "MAIN_TOLERANCE", -1)
    with pytest.raises(ExportError, match="digit/accuracy changes by"):
        multitask.export(run, tmp_path / "none.onnx", images=10, precision=precision)
    assert not (tmp_path / "none.onnx").exists()


@pytest.mark.parametrize("heads", [("label", "mask", "semantic"), ("boxes",), ("circles",)])
def test_pictures_of_any_size_and_number_are_answered(
    build: Callable[..., MultitaskModel], heads: tuple[str, ...], odd_batches: list[np.ndarray]
):
    model = ExportedModel(build(*heads)).eval()
    answers = onnx_run(to_onnx(model, {}))
    for images in odd_batches:
        with torch.no_grad():
            expected = model.answers(torch.from_numpy(images))
        said = answers(images)
        assert tuple(said) == tuple(expected)
        for name in ("label.probabilities", "mask", "boxes.scores", "circles.scores"):
            if name in said:
                np.testing.assert_allclose(said[name], expected[name], atol=1e-4)
        if "mask" in said:
            assert said["mask"].shape == said["semantic"].shape == images.shape[:3]
