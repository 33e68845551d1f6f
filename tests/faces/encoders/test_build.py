"""An encoder by name, run folder or file; anything else is told with what there is."""

import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from triptych.faces.assets import MOBILEFACENET_ONNX
from triptych.faces.detection.template import ARCFACE_112X112
from triptych.faces.encoders import ENCODERS
from triptych.faces.encoders._build import default_encoder, load_encoder
from triptych.faces.encoders._embedding_net import EmbeddingNet
from triptych.faces.encoders._encoder import Encoder
from triptych.faces.encoders.mobilefacenet import MobileFaceNetEncoder
from triptych.faces.encoders.onnx import OnnxEncoder
from triptych.faces.encoders.run import RunEncoder, save_encoder
from triptych.frame.errors import AssetNotFoundError, ConfigError, RunError, UnknownNameError
from triptych.frame.storage.assets import cache_folder


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """An encoder in a file: four sums over images of any size."""
    weights = np.random.default_rng(0).normal(size=(4, 3, 1, 1)).astype(np.float32)
    graph = helper.make_graph(
        [
            helper.make_node("Conv", ["images", "weights"], ["maps"]),
            helper.make_node("GlobalAveragePool", ["maps"], ["means"]),
            helper.make_node("Flatten", ["means"], ["vectors"]),
        ],
        "encoder",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, ("n", 3, "h", "w"))],
        [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ("n", 4))],
        [numpy_helper.from_array(weights, "weights")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.save(model, tmp_path / "mine.onnx")
    return tmp_path / "mine.onnx"


def test_a_file_is_opened_with_its_settings(file: Path):
    encoder = load_encoder(file)
    assert (
        isinstance(encoder, OnnxEncoder)
        and encoder.template == ARCFACE_112X112
        and encoder.name == "mine"
    )
    encoder = load_encoder(str(file), options={"size": "20x16", "template": "whole"})
    assert (encoder.height, encoder.width, encoder.template) == (20, 16, None)
    assert encoder.encode(np.ones((2, 20, 16, 3), np.uint8)).shape == (2, 4)


def test_settings_beside_the_file_give_way_to_those_given(file: Path):
    file.with_suffix(".json").write_text('{"size": "20x16", "mean": 3}')
    encoder = load_encoder(file, options={"mean": "4"})
    assert isinstance(encoder, OnnxEncoder)
    assert (encoder.height, encoder.preprocessing.mean) == (20, 4.0)


def test_a_run_folder_is_opened(tmp_path: Path):
    save_encoder(tmp_path, EmbeddingNet("residual", 1, 20, 20, dim=8), None)
    for encoder in (load_encoder(tmp_path), load_encoder(str(tmp_path), device="cpu")):
        assert isinstance(encoder, RunEncoder) and isinstance(encoder, Encoder)
    with pytest.raises(RunError, match="Expected a finished run"):
        load_encoder(tmp_path.parent)


@pytest.mark.parametrize("spec", ["mobilefacenets", "nowhere/run", "a\0b"])
def test_what_is_none_is_told_with_what_there_is(spec: str):
    with pytest.raises(
        UnknownNameError, match=r"There is no encoder.*run folder.*\.onnx file"
    ) as told:
        load_encoder(spec)
    assert "\n" not in str(told.value)


def test_a_framework_that_is_none_is_told_with_those_there_are():
    with pytest.raises(UnknownNameError, match="mobilefacenet:onnx, mobilefacenet:torch"):
        load_encoder("mobilefacenet:tf")


def test_settings_are_for_files_only():
    with pytest.raises(ConfigError, match="Only encoders in ONNX files have settings, got mean"):
        load_encoder("mobilefacenet", options={"mean": "1"})


def test_a_device_that_is_none_is_told(tmp_path: Path):
    save_encoder(tmp_path, EmbeddingNet("residual", 1, 20, 20, dim=8), None)
    with pytest.raises(ConfigError, match="Expected a device this machine has"):
        load_encoder(tmp_path, device="abacus")


def test_without_its_files_the_pretrained_one_is_told():
    for spec in ("mobilefacenet", "mobilefacenet:torch", "mobilefacenet:onnx"):
        with pytest.raises(AssetNotFoundError, match="TRIPTYCH_DATA"):
            load_encoder(spec)


@pytest.mark.real
def test_the_faster_twin_is_taken_and_the_other_where_only_it_is_at_hand(
    data, monkeypatch: pytest.MonkeyPatch
):
    assert isinstance(load_encoder("mobilefacenet", device="cpu"), MobileFaceNetEncoder)
    assert isinstance(load_encoder("mobilefacenet:onnx"), OnnxEncoder)
    path = data(MOBILEFACENET_ONNX.path)
    monkeypatch.delenv("TRIPTYCH_DATA")
    place = cache_folder() / MOBILEFACENET_ONNX.path
    place.parent.mkdir(parents=True)
    shutil.copyfile(path, place)
    assert isinstance(load_encoder("mobilefacenet", device="cpu"), OnnxEncoder)
    with pytest.raises(AssetNotFoundError):
        load_encoder("mobilefacenet:torch")


def test_the_default_is_the_first_free_one_that_is_at_hand(monkeypatch: pytest.MonkeyPatch):
    at_hand = {"dlib": True, "mobilefacenet": True}
    for name in at_hand:
        encoder = ENCODERS[name]
        monkeypatch.setattr(encoder, "is_available", classmethod(lambda cls: at_hand[cls.name]))
    assert default_encoder() == "dlib"
    at_hand["dlib"] = False
    assert default_encoder() == "mobilefacenet"
    at_hand["mobilefacenet"] = False
    assert default_encoder() == "dlib"  # whose error says how to get it
