"""Networks in ONNX, as PyTorch's own exporter makes them, in one file and without its messages."""

import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from ..dependencies import requires

OPSET = 18


def to_onnx(
    model: nn.Module, example: Tensor, axes: Mapping[int, Any], *, input_name: str, output_name: str
) -> bytes:
    """A model from one tensor to one in ONNX.

    Parameters:
        model: in evaluation mode.
        example: what it may be given; of every open axis two at least.
        axes: open axes of the input by their number, as `torch.export.Dim`.
        input_name: of the input.
        output_name: of the output.

    Raises MissingDependencyError without onnx and onnxscript.
    """
    with requires("Exporting", "onnx and onnxscript", "triptych[export]"):
        import onnx  # noqa: F401
        import onnxscript  # noqa: F401
    with _quiet():
        program = torch.onnx.export(
            model,
            (example,),
            input_names=[input_name],
            output_names=[output_name],
            opset_version=OPSET,
            dynamic_shapes=(axes,),
            dynamo=True,
            verbose=False,
        )
    assert program is not None
    return program.model_proto.SerializeToString()


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence the exporter's messages about itself and about torchvision."""
    talking = logging.getLogger("torch.onnx._internal.exporter._registration")
    level = talking.level
    talking.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        talking.setLevel(level)
