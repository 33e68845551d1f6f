"""Encoders are a registry: a new one is a file, an entry point, a plug-in or a call."""

from importlib.metadata import EntryPoint
from pathlib import Path

import numpy as np
import pytest

from triptych.faces import encoders
from triptych.faces.encoders import ENCODERS
from triptych.faces.encoders._build import load_encoder
from triptych.faces.encoders.dlib import DlibEncoder
from triptych.faces.encoders.dlib_mobilefacenet import DlibMobileFaceNetEncoder
from triptych.faces.encoders.mobilefacenet import MobileFaceNetEncoder
from triptych.faces.encoders.onnx import OnnxEncoder
from triptych.faces.encoders.run import RunEncoder
from triptych.frame.errors import ConfigError, UnknownNameError
from triptych.frame.storage.plugins import load_plugin

PLANTED = '''
import numpy as np
from triptych.faces import Encoder

class MeanColor(Encoder):
    """The mean color of an image, as a unit vector."""

    name, fingerprint, dim = "mean-color", "mean-color-1", 3
    height = width = 8
    channels, template = 3, None

    def encode(self, crops):
        means = crops.mean((1, 2), dtype=np.float32) + 1
        return means / np.linalg.norm(means, axis=1, keepdims=True)
'''
CROPS = np.full((2, 8, 8, 3), 9, np.uint8)


def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is added in this test is gone after it, and nothing is remembered from before."""
    monkeypatch.setattr(ENCODERS, "_registered", {})
    for found_once in ("_modules", "_entry_points"):
        monkeypatch.delitem(vars(ENCODERS), found_once, raising=False)


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch):
    forget(monkeypatch)
    yield
    vars(ENCODERS).pop("_modules", None)
    vars(ENCODERS).pop("_entry_points", None)


def test_each_encoder_is_named_like_its_file():
    assert dict(ENCODERS) == {
        "dlib": DlibEncoder,
        "dlib-mobilefacenet": DlibMobileFaceNetEncoder,
        "mobilefacenet": MobileFaceNetEncoder,
        "onnx": OnnxEncoder,
        "run": RunEncoder,
    }


def test_a_file_in_the_folder_of_encoders_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "mean_color.py").write_text(PLANTED)
    monkeypatch.setattr(encoders, "__path__", [*encoders.__path__, str(tmp_path)])
    assert "mean-color" in ENCODERS
    encoder = load_encoder("mean-color")
    assert encoder.encode(CROPS).shape == (2, 3)
    with pytest.raises(ConfigError, match="Expected no argument for this encoder, got 'x'"):
        load_encoder("mean-color:x")
    with pytest.raises(ConfigError, match="Only encoders in ONNX files have settings"):
        load_encoder("mean-color", options={"size": "8x8"})


def test_a_plug_in_brings_one(tmp_path: Path):
    plugin = tmp_path / "mine.py"
    plugin.write_text(PLANTED)
    assert load_plugin(plugin) == ["encoder mean-color"]
    assert load_encoder("mean-color").fingerprint == "mean-color-1"


def test_an_installed_package_offers_one(monkeypatch: pytest.MonkeyPatch):
    entry = EntryPoint("theirs", "triptych.faces.encoders.run:RunEncoder", "triptych.encoders")
    asked = []

    def entry_points(*, group: str) -> list[EntryPoint]:
        asked.append(group)
        return [entry]

    monkeypatch.setattr("importlib.metadata.entry_points", entry_points)
    assert ENCODERS["theirs"] is RunEncoder and set(asked) == {"triptych.encoders"}


def test_a_path_is_opened_by_the_encoder_that_reads_it(tmp_path: Path):
    assert [name for name in ENCODERS if ENCODERS[name].reads(tmp_path)] == ["run"]
    assert [name for name in ENCODERS if ENCODERS[name].reads(Path("a/B.ONNX"))] == ["onnx"]


def test_a_folder_named_like_an_encoder_that_reads_folders_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "run").mkdir()
    monkeypatch.chdir(tmp_path)
    opened = []

    def load(argument: str, **_: object) -> RunEncoder:
        opened.append(argument)
        return RunEncoder.__new__(RunEncoder)

    monkeypatch.setattr(RunEncoder, "load", load)
    load_encoder("run")
    load_encoder("run:elsewhere")
    assert opened == ["run", "elsewhere"]


def test_a_name_nearly_right_is_told():
    with pytest.raises(UnknownNameError, match="Did you mean 'mobilefacenet'"):
        load_encoder("mobilfacenet")
