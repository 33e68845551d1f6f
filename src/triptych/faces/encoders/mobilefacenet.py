"""The pretrained MobileFaceNet (Chen et al. 2018): 128 numbers a face."""

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar

import torch

from ...frame.progress import ProgressCallback, no_progress
from ...frame.storage.assets import fetch_or_locate, locate
from ...frame.training.devices import resolve_device
from ..assets import (
    CASIA_LICENCE,
    MOBILEFACENET,
    MOBILEFACENET_CHECKPOINT,
    MOBILEFACENET_ONNX,
)
from ..calibration.calibration import shipped_calibration
from ..detection.template import ARCFACE_112X96
from ._embedding_net import EMBEDDING_DIM, EmbeddingNet
from ._encoder import (
    Crops,
    Encoder,
    EncoderInfo,
    Vectors,
    check_crop_shape,
    check_framework,
    fingerprint,
    l2_normalize,
)
from ._preprocessing import Preprocessing
from ._pretrained import DIGEST, converted_path, pretrained_network, pretrained_weights_path
from .onnx import OnnxEncoder

NAME = "mobilefacenet"
PREPROCESSING = Preprocessing(
    ARCFACE_112X96.height, ARCFACE_112X96.width, 127.5, 128.0, "rgb", ARCFACE_112X96
)
FINGERPRINT = fingerprint(NAME, DIGEST, PREPROCESSING.to_dict())
CALIBRATION = Path(__file__).with_name("mobilefacenet.json")  # on aligned crops of celeb24


class MobileFaceNetEncoder(Encoder):
    """The network in PyTorch; in ONNX it is an `OnnxEncoder` with the same weights.

    Both share one fingerprint: their vectors agree to 1e-4.
    """

    name, fingerprint, template = NAME, FINGERPRINT, PREPROCESSING.template
    height, width, channels = PREPROCESSING.height, PREPROCESSING.width, PREPROCESSING.channels
    dim = EMBEDDING_DIM

    info: ClassVar[EncoderInfo | None] = EncoderInfo(
        licence=CASIA_LICENCE,
        source="Xiaoccer/MobileFaceNet_Pytorch; Chen et al. 2018",
        accuracy={"lfw-subset": 0.9889, "orl": 0.9883},
        install="fetched from its author's repository when it is asked for",
    )
    finetuning: ClassVar[Mapping[str, Any]] = {
        "epochs": 4,
        "lr": 1e-5,
        "weight_decay": 0.0,
        "ema_decay": 0.98,
        "backbone": NAME,
        "steps": 30,
        "semihard_fraction": 1.0,
        "freeze": 2,
        "l2_sp": 0.01,
    }

    def __init__(self, weights: Path, device: torch.device | str = "cpu"):
        """
        Parameters:
            weights: a safetensors file, as `pretrained_weights_path` gives it.
            device: where the network is run.

        Raises DataError for a file that does not hold its weights.
        """
        self.embedding = pretrained_network(weights).prepare_for_inference(torch.device(device))
        self.calibration = shipped_calibration(CALIBRATION, FINGERPRINT)

    def encode(self, crops: Crops) -> Vectors:
        """Raises ImageError for crops of another size, DataError where the weights are damaged."""
        return l2_normalize(
            self.embedding.encode(check_crop_shape(crops, self)), f"The encoder '{self.name}'"
        )

    @classmethod
    def load(
        cls,
        argument: str,
        *,
        device: str = "auto",
        options: Mapping[str, str] | None = None,
        progress: ProgressCallback = no_progress,
    ) -> Encoder:
        """In the framework that is named, "torch" or "onnx"; by default in PyTorch, the faster
        one, also on a processor, or in onnxruntime where only the ONNX file is at hand."""
        check_framework(NAME, argument)
        if argument == "onnx" or (not argument and _only_onnx()):
            path = fetch_or_locate(MOBILEFACENET_ONNX, progress)
            return OnnxEncoder(
                path,
                PREPROCESSING,
                name=NAME,
                known_fingerprint=FINGERPRINT,
                calibration=shipped_calibration(CALIBRATION, FINGERPRINT),
            )
        return cls(pretrained_weights_path(progress), resolve_device(device))

    @classmethod
    def is_available(cls) -> bool:
        """Whether its weights are on this machine, in one form or another."""
        at_hand = any(map(locate, (MOBILEFACENET, MOBILEFACENET_CHECKPOINT)))
        return at_hand or converted_path().is_file() or _only_onnx()

    @classmethod
    def fetch(cls, progress: ProgressCallback = no_progress) -> list[Path]:
        """Fetch its author's checkpoint, and convert it."""
        return [pretrained_weights_path(progress)]

    @classmethod
    def network(cls, progress: ProgressCallback = no_progress) -> EmbeddingNet:
        """The network, with its weights, that a training begins from."""
        return pretrained_network(pretrained_weights_path(progress))


def _only_onnx() -> bool:
    at_hand = locate(MOBILEFACENET_ONNX) and find_spec("onnxruntime")
    return bool(at_hand) and not locate(MOBILEFACENET)
