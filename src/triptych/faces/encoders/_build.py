"""An encoder by its name, its run folder or its file."""

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from ...frame.errors import ConfigError, UnknownNameError
from ...frame.progress import ProgressCallback, no_progress
from ...frame.registry import unknown_name_error
from ...frame.storage.assets import fetch_or_locate, locate
from ...frame.training.devices import resolve_device as chosen_device
from ..assets import MOBILEFACENET, MOBILEFACENET_ONNX
from ._encoder import Encoder
from ._preprocessing import parse_preprocessing, read_sidecar
from ._pretrained import pretrained_weights_path
from .mobilefacenet import FINGERPRINT, LAYOUT, NAME, MobileFaceNetEncoder, calibration
from .onnx import OnnxEncoder
from .run import RunEncoder

KNOWN = (NAME, f"{NAME}:torch", f"{NAME}:onnx")


def load_encoder(
    spec: str | Path = NAME,
    *,
    device: str = "auto",
    options: Mapping[str, str] | None = None,
    progress: ProgressCallback = no_progress,
) -> Encoder:
    """The encoder of this name ("mobilefacenet"), of a run folder, or of a file ending in .onnx.

    `options` say how an ONNX file from elsewhere reads its crops: see `layout.layout`; those of a
    FILE.json beside it are taken where none are given here. What is not at hand is fetched, told
    to `watch`. ONNX files are run on the processor, whatever the device.

    Raises UnknownNameError, ConfigError, RunError, DataError, AssetNotFoundError or
    MissingDependencyError."""
    text, path = str(spec), Path(spec)
    if path.suffix.lower() == ".onnx":
        return OnnxEncoder(path, parse_preprocessing({**read_sidecar(path), **(options or {})}))
    if options:
        raise ConfigError(
            f"Only encoders in ONNX files have settings, got {', '.join(options)} for '{text}'. "
            "Leave them out."
        )
    if text in KNOWN:
        return _mobilefacenet(text.partition(":")[2], device, progress)
    if path.is_dir():
        return RunEncoder(path, chosen_device(device))
    raise _unknown(text)


def _mobilefacenet(backend: str, device: str, progress: ProgressCallback) -> Encoder:
    """The twin that was asked for; PyTorch where neither was: it is the faster one, also on a
    processor. The other is for those who have only its file."""
    if backend == "onnx" or (not backend and _only_onnx()):
        path = fetch_or_locate(MOBILEFACENET_ONNX, progress)
        return OnnxEncoder(path, LAYOUT, name=NAME, known=FINGERPRINT, calibration=calibration())
    return MobileFaceNetEncoder(pretrained_weights_path(progress), chosen_device(device))


def _only_onnx() -> bool:
    at_hand = locate(MOBILEFACENET_ONNX) and find_spec("onnxruntime")
    return bool(at_hand) and not locate(MOBILEFACENET)


def _unknown(text: str) -> UnknownNameError:
    error = unknown_name_error(text, KNOWN, "encoder")
    return UnknownNameError(
        f"{error} Or name a run folder of `triptych faces train`, or an .onnx file."
    )
