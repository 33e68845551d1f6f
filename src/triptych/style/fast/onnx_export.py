"""A fast style network in ONNX, for other programs; checked against ours before it is written."""

from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float32
from torch import Tensor, nn

from ...frame.dependencies import requires
from ...frame.errors import ConfigError, DataError
from ...frame.storage.files import write_bytes
from ...frame.training import onnx_export
from ..networks._extractor import Images
from .apply import load
from .transformer_net import MIN_SIDE, TransformerNet

INPUT_NAME, OUTPUT_NAME = "content", "picture"  # names of what goes in and of what comes out
CHECK_SIZES = ((64, 96), (83, 50))  # height and width it is checked at: one odd, neither square
TOLERANCE = 1e-3  # of 0 … 1: a quarter of the smallest step an eight-bit picture has


class ClampedOutput(nn.Module):
    """The network, its images within 0 … 1."""

    def __init__(self, network: TransformerNet):
        super().__init__()
        self.network = network

    def forward(self, content: Tensor) -> Tensor:
        return self.network(content).clamp(0, 1)


def export(run: str | Path, to: str | Path) -> float:
    """Write a run's network as ONNX; returns the largest difference from ours, of 0 … 1.

    `content` goes in and `picture` comes out: float32, (batch, 3, height, width), RGB, 0 … 1, of
    any height and width from 16 pixels on.

    Parameters:
        run: folder of `style train`.
        to: the .onnx file to write.

    Raises ConfigError for a file of another ending, MissingDependencyError, RunError, WriteError,
    and DataError where the two differ by more than `TOLERANCE`.
    """
    if Path(to).suffix.lower() != ".onnx":
        raise ConfigError(f"Expected a file that ends in .onnx, got {to}.")
    clipped = ClampedOutput(load(run, device="cpu").network)
    packed = to_onnx(clipped.eval())
    worst = max(max_abs_difference(clipped, packed, *size) for size in CHECK_SIZES)
    if not worst <= TOLERANCE:
        raise DataError(f"The ONNX twin of {run} differs by {worst:.2g}, so it was not written.")
    write_bytes(to, packed)
    return worst


def to_onnx(model: nn.Module) -> bytes:
    """The model in ONNX, for a batch of images of any height and width."""
    axes = {
        0: torch.export.Dim("batch"),
        2: torch.export.Dim("height", min=MIN_SIDE),
        3: torch.export.Dim("width", min=MIN_SIDE),
    }
    example = torch.rand(2, 3, 72, 56)
    names = {"input_name": INPUT_NAME, "output_name": OUTPUT_NAME}
    return onnx_export.to_onnx(model, example, axes, **names)


def max_abs_difference(model: nn.Module, onnx_bytes: bytes, height: int, width: int) -> float:
    """The largest difference of a model from its ONNX form, on a random image.

    Parameters:
        model: ours.
        onnx_bytes: the same in ONNX.
        height, width: of the image.
    """
    rng = np.random.default_rng([height, width])
    content: Float32[np.ndarray, "1 3 height width"] = rng.random((1, 3, height, width), "f4")
    with torch.inference_mode():
        expected: Images = model(torch.from_numpy(content))
    return float(np.abs(run_onnx(onnx_bytes, content) - expected.numpy()).max())


def run_onnx(
    onnx_bytes: bytes, content: Float32[np.ndarray, "batch 3 height width"]
) -> Float32[np.ndarray, "batch 3 height width"]:
    """What a network in ONNX paints.

    Parameters:
        onnx_bytes: the network.
        content: (B, 3, height, width), 0 … 1.

    Raises MissingDependencyError.
    """
    with requires("Exporting", "onnxruntime", "triptych[export]"):
        import onnxruntime
    session = onnxruntime.InferenceSession(onnx_bytes, providers=["CPUExecutionProvider"])
    (output,) = session.run([OUTPUT_NAME], {INPUT_NAME: content})
    return np.asarray(output)
