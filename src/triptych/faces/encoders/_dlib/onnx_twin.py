"""The twin of dlib's network in ONNX: found among the data, or exported once and kept."""

import logging
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from torch import Tensor, nn

from ....frame.dependencies import requires
from ....frame.progress import ProgressCallback, ProgressEvent, no_progress
from ....frame.storage.assets import cache_folder, fetch_or_locate, locate
from ....frame.storage.files import make_folder, write_bytes
from ...assets import DLIB_ONNX
from ...detection.template import DLIB_150X150
from .._preprocessing import Preprocessing
from ..onnx import OnnxEncoder
from .files import load_network
from .tensors import SIDE

PREPROCESSING = Preprocessing(SIDE, SIDE, 0.0, 1.0, "rgb", DLIB_150X150)  # the network's own matter
EXPORTED = "faces/dlib/face_recognition_resnet.onnx"  # in the cache
OPSET = 18


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
    with requires("Exporting", "onnx and onnxscript", "triptych[export]"):
        import onnx  # noqa: F401
        import onnxscript  # noqa: F401
    progress(ProgressEvent("export dlib as ONNX", 0, 1))
    network = _LevelsNetwork(load_network()).eval()
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with TemporaryDirectory() as folder, warnings.catch_warnings(action="ignore"):
        written = Path(folder, "network.onnx")
        torch.onnx.export(
            network,
            (torch.zeros(2, 3, SIDE, SIDE),),
            written,
            dynamo=True,
            verbose=False,
            external_data=False,
            opset_version=OPSET,
            input_names=["input"],
            output_names=["embedding"],
            dynamic_shapes={"input": {0: torch.export.Dim("batch")}},
        )
        make_folder(path.parent)
        write_bytes(path, written.read_bytes())
    progress(ProgressEvent("export dlib as ONNX", 1, 1))
