"""Convolutions in whole numbers answer nearly as before, and nothing else is changed."""

import logging
from collections.abc import Callable

import numpy as np
import pytest

from triptych.multitask.deployment.exported_model import ExportedModel
from triptych.multitask.deployment.onnx_graph import to_onnx
from triptych.multitask.deployment.onnx_run import onnx_run
from triptych.multitask.deployment.quantization import quantized
from triptych.multitask.model.multitask_model import MultitaskModel

onnx = pytest.importorskip("onnx", reason="the extra 'onnx' is not installed")
pytest.importorskip("onnxruntime", reason="the extra 'onnx' is not installed")


def test_only_convolutions_are_quantized(build: Callable[..., MultitaskModel]):
    before = to_onnx(ExportedModel(build("label", "mask")).eval(), {})
    images = np.random.default_rng(0).integers(0, 256, (8, 32, 48, 3), np.uint8)
    after = quantized(before, [{"images": images[:4]}, {"images": images[4:]}])
    one, other = onnx_run(before)(images), onnx_run(after)(images)
    for name in ("label.probabilities", "mask"):
        apart = np.abs(one[name] - other[name])
        assert apart.max() > 0 and apart.mean() < 0.05
    kinds = [node.op_type for node in onnx.load_from_string(after).graph.node]
    assert kinds.count("QuantizeLinear") and kinds.count("Gemm") == [
        node.op_type for node in onnx.load_from_string(before).graph.node
    ].count("Gemm")
    assert not logging.getLogger().filters
