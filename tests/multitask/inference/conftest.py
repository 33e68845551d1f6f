"""Exported files of models with random weights."""

from collections.abc import Callable

import pytest

from triptych.multitask.deployment.exported_model import ExportedModel
from triptych.multitask.deployment.onnx_graph import to_onnx
from triptych.multitask.model.multitask_model import MultitaskModel


@pytest.fixture(scope="session")
def exported(build: Callable[..., MultitaskModel]) -> Callable[..., tuple[MultitaskModel, bytes]]:
    """A model of some heads, and its file."""

    def make(*heads: str, **info: object) -> tuple[MultitaskModel, bytes]:
        pytest.importorskip("onnx", reason="the extra 'onnx' is not installed")
        pytest.importorskip("onnxruntime", reason="the extra 'onnx' is not installed")
        model = build(*heads, **info)
        model.add_novelty(1)
        assert model.novelty is not None
        model.novelty.threshold.fill_(1e3)
        return model, to_onnx(ExportedModel(model).eval(), {})

    return make
