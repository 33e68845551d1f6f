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
from ._preprocessing import beside, layout
from ._pretrained import weights
from .mobilefacenet import FINGERPRINT, LAYOUT, NAME, Mobilefacenet, calibration
from .onnx import Onnx
from .run import Trained

KNOWN = (NAME, f"{NAME}:torch", f"{NAME}:onnx")


def open_encoder(
    spec: str | Path = NAME,
    *,
    device: str = "auto",
    options: Mapping[str, str] | None = None,
    watch: ProgressCallback = no_progress,
) -> Encoder:
    """The encoder of this name ("mobilefacenet"), of a run folder, or of a file ending in .onnx.

    `options` say how an ONNX file from elsewhere reads its crops: see `layout.layout`; those of a
    FILE.json beside it are taken where none are given here. What is not at hand is fetched, told
    to `watch`. ONNX files are run on the processor, whatever the device.

    Raises UnknownNameError, ConfigError, RunError, DataError, AssetNotFoundError or
    MissingDependencyError."""
    text, path = str(spec), Path(spec)
    if path.suffix.lower() == ".onnx":
        return Onnx(path, layout({**beside(path), **(options or {})}))
    if options:
        raise ConfigError(
            f"Only encoders in ONNX files have settings, got {', '.join(options)} for '{text}'. "
            "Leave them out."
        )
    if text in KNOWN:
        return _mobilefacenet(text.partition(":")[2], device, watch)
    if path.is_dir():
        return Trained(path, chosen_device(device))
    raise _unknown(text)


def _mobilefacenet(twin: str, device: str, watch: ProgressCallback) -> Encoder:
    """The twin that was asked for; PyTorch where neither was: it is the faster one, also on a
    processor. The other is for those who have only its file."""
    if twin == "onnx" or (not twin and _only_onnx()):
        path = fetch_or_locate(MOBILEFACENET_ONNX, watch)
        return Onnx(path, LAYOUT, name=NAME, known=FINGERPRINT, calibration=calibration())
    return Mobilefacenet(weights(watch), chosen_device(device))


def _only_onnx() -> bool:
    at_hand = locate(MOBILEFACENET_ONNX) and find_spec("onnxruntime")
    return bool(at_hand) and not locate(MOBILEFACENET)


def _unknown(text: str) -> UnknownNameError:
    error = unknown_name_error(text, KNOWN, "encoder")
    return UnknownNameError(
        f"{error} Or name a run folder of `triptych faces train`, or an .onnx file."
    )
