"""The twin of dlib's network in ONNX: found among the data, or exported once and kept."""

from pathlib import Path

import torch
from torch import Tensor, nn

from ....frame.progress import ProgressCallback, ProgressEvent, no_progress
from ....frame.storage.assets import cache_folder, fetch_or_locate, locate
from ....frame.storage.files import make_folder, write_bytes
from ....frame.training.onnx_export import to_onnx
from ...assets import DLIB_ONNX
from ...detection.template import DLIB_150X150
from .._preprocessing import Preprocessing
from ..onnx import OnnxEncoder
from .files import load_network
from .tensors import SIDE

PREPROCESSING = Preprocessing(SIDE, SIDE, 0.0, 1.0, "rgb", DLIB_150X150)  # the network's own matter
EXPORTED = "faces/dlib/face_recognition_resnet.onnx"  # in the cache


class _LevelsNetwork(nn.Module):
    """The network, of images with values 0 … 255."""

    def __init__(self, network: nn.Module):
        super().__init__()
        self.network = network

    def forward(self, input: Tensor) -> Tensor:
        return self.network(input / 255)


def load_onnx(progress: ProgressCallback = no_progress) -> OnnxEncoder:
    """The network, run by onnxruntime.

    Parameters:
        progress: told that it is exported, if it has to be.

    Raises MissingDependencyError without onnxruntime, or without onnx and onnxscript where it has
    to be exported; DataError for a damaged file.
    """
    path = cache_folder() / EXPORTED
    if locate(DLIB_ONNX):
        path = fetch_or_locate(DLIB_ONNX)
    elif not path.is_file():
        _export(path, progress)
    return OnnxEncoder(path, PREPROCESSING)


def _export(path: Path, progress: ProgressCallback) -> None:
    progress(ProgressEvent("export dlib as ONNX", 0, 1))
    network = _LevelsNetwork(load_network()).eval()
    packed = to_onnx(
        network,
        torch.zeros(2, 3, SIDE, SIDE),
        {0: torch.export.Dim("batch")},
        input_name="input",
        output_name="embedding",
    )
    make_folder(path.parent)
    write_bytes(path, packed)
    progress(ProgressEvent("export dlib as ONNX", 1, 1))
