"""An ending names a format, and a format says what it can."""

from collections.abc import Callable
from pathlib import Path

import pytest

from triptych.frame.errors import ConfigError, UnknownNameError
from triptych.multitask.deployment import formats
from triptych.multitask.deployment.agreement import Agreement
from triptych.multitask.deployment.exported_model import ExportedModel
from triptych.multitask.deployment.formats import FORMATS, PRECISIONS, format_of
from triptych.multitask.deployment.page.runtime import BrowserRuntime
from triptych.multitask.model.multitask_model import MultitaskModel


def test_the_ending_decides_in_any_case():
    assert format_of(Path("Model.ONNX"), "int8") is FORMATS[".onnx"]
    assert format_of(Path("model.pt2"), "fp16") is FORMATS[".pt2"]


def test_what_cannot_be_is_told_with_what_can():
    with pytest.raises(ConfigError, match=r"\.onnx.* or .*, got model\.h5"):
        format_of(Path("model.h5"), "float32")
    with pytest.raises(ConfigError, match=r"float32 or fp16 for a \.pt2 file, got int8"):
        format_of(Path("model.pt2"), "int8")
    with pytest.raises(UnknownNameError, match="int4"):
        format_of(Path("model.onnx"), "int4")


@pytest.mark.parametrize("ending", FORMATS)
def test_every_format_can_be_had_in_whole_precision(ending: str):
    assert set(FORMATS[ending].precisions) <= set(PRECISIONS)
    assert "float32" in FORMATS[ending].precisions


def test_a_page_tells_what_was_measured(
    build: Callable[..., MultitaskModel], monkeypatch: pytest.MonkeyPatch
):
    pytest.importorskip("onnx", reason="the extra 'onnx' is not installed")
    monkeypatch.setattr(formats, "browser_runtime", lambda: BrowserRuntime(b"script", b"wasm"))
    form = FORMATS[".html"]
    assert form.finish
    files = form.make(ExportedModel(build("label")).eval(), {"run": "zoo"}, None)
    said = Agreement(images=7, split="test", exported={"label/accuracy": 0.25})
    page = form.finish(files, said)[".html"].decode()
    assert '"metrics": {"label/accuracy": 0.25}' in page and "<h1>zoo</h1>" in page
