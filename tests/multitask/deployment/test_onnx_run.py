"""An ONNX file answers by the names of its outputs."""

from collections.abc import Callable

import numpy as np
import pytest

from triptych.multitask.deployment.exported_model import ExportedModel
from triptych.multitask.deployment.onnx_graph import to_onnx
from triptych.multitask.deployment.onnx_run import ExportError, onnx_run
from triptych.multitask.model.multitask_model import MultitaskModel

pytest.importorskip("onnx", reason="the extra 'onnx' is not installed")
pytest.importorskip("onnxruntime", reason="the extra 'onnx' is not installed")


def test_answers_have_the_names_of_the_model(build: Callable[..., MultitaskModel]):
    model = ExportedModel(build("label", "box")).eval()
    said = onnx_run(to_onnx(model, {}))(np.zeros((2, 9, 7, 3), np.uint8))
    assert tuple(said) == model.output_names
    assert said["box"].shape == (2, 4)


def test_what_is_no_file_of_onnx_is_told():
    with pytest.raises(ExportError, match="The file is none"):
        onnx_run(b"no graph")
