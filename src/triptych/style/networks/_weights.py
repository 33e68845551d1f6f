"""Weights of pretrained networks: read without unpickling, and VGG-19's own cached."""

from pathlib import Path
from pickle import UnpicklingError

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor

from ...backbones.vgg19 import CONVOLUTIONS
from ...frame.errors import DataError
from ...frame.progress import ProgressCallback, no_progress
from ...frame.storage.assets import Asset, cache_folder, fetch_or_locate, locate
from ...frame.storage.files import make_folder, os_error_reason, write_bytes
from ..assets import VGG19_WEIGHTS
from ._checkpoint_formats import StateDict, build_backbone, to_canonical

PARAMETERS = ("weight", "bias")
DEEPEST = "conv5_1"  # of the half file: what styles are read at ends here, and it has 26 MB, not 40
PICKLES = (b"PK\x03\x04", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")

# what is kept of the published file, which is seven times as large for its classifier
FULL = Asset(name="vgg19-full", path="style/vgg19-conv5_4.safetensors", size=80_000_000)
HALF = Asset(name="vgg19-half", path="style/vgg19-conv5_1-half.safetensors", size=26_000_000)


def read_weights(path: Path) -> StateDict:
    """The tensors of a safetensors file; no other format is read, for a pickle can run code.

    Raises DataError for any other file, one cut short, or none at all.
    """
    try:
        return _load(path)
    except OSError as error:
        raise DataError(f"Cannot read {path}: {os_error_reason(error)}. Check its path.") from error


def _load(path: Path) -> StateDict:
    try:
        return load_file(path)
    except SafetensorError as error:
        # asked only now, for the length that safetensors begin with may look like a pickle
        with path.open("rb") as file:
            pickled = file.read(4).startswith(PICKLES)
        message = (
            f"Expected safetensors, got a pickle: {path}. It could run code, so it is not read. "
            "Convert it with safetensors.torch.save_file where you trust it."
            if pickled
            else f"{path} is no whole safetensors file. Copy it anew."
        )
        raise DataError(message) from error


def load_weights(
    asset: Asset, *, half: bool = False, progress: ProgressCallback = no_progress
) -> StateDict:
    """The weights of an asset, located or downloaded.

    Parameters:
        asset: of a network.
        half: of VGG-19's own file, those at half precision.
        progress: told how far a download is.

    Raises AssetNotFoundError, DataError, WriteError.
    """
    if asset is not VGG19_WEIGHTS:
        return read_weights(fetch_or_locate(asset, progress))
    if cached := locate(HALF if half else FULL):
        return read_weights(cached)
    if half and (whole := locate(FULL)):
        return _cache_convolutions(read_weights(whole), half)
    fetched = locate(asset) is None
    published = fetch_or_locate(asset, progress)
    try:
        tensors = _cache_convolutions(_read_checkpoint(published), half)
    except FileNotFoundError:  # another process was quicker, and keeps what is needed
        return load_weights(asset, half=half, progress=progress)
    if fetched:  # seven times as large as what is needed of it
        published.unlink(missing_ok=True)  # another process may have been as far
    return tensors


def is_available(asset: Asset, *, half: bool = False) -> bool:
    """Whether `load_weights` need download nothing.

    Parameters:
        asset: of a network.
        half: of VGG-19's own file, those at half precision.
    """
    if asset is not VGG19_WEIGHTS:
        return locate(asset) is not None
    return any(map(locate, (VGG19_WEIGHTS, FULL, HALF) if half else (VGG19_WEIGHTS, FULL)))


def _cache_convolutions(tensors: StateDict, half: bool) -> StateDict:
    """Write VGG-19's convolutions into a file of their own in the cache: all 16, or at half
    precision those up to conv5_1.
    """
    last = DEEPEST if half else CONVOLUTIONS[-1]
    names = CONVOLUTIONS[: CONVOLUTIONS.index(last) + 1]
    cached = {f"{name}.{part}": tensors[f"{name}.{part}"] for name in names for part in PARAMETERS}
    if half:
        cached = {name: value.half() for name, value in cached.items()}
    # so small, and 1/255 is none of half precision's numbers
    cached |= {f"conv0.{part}": tensors[f"conv0.{part}"] for part in PARAMETERS}
    place = cache_folder() / (HALF if half else FULL).path
    make_folder(place.parent)
    write_bytes(
        place, save(cached, {"source": VGG19_WEIGHTS.source, "licence": VGG19_WEIGHTS.licence})
    )
    return cached


def _read_checkpoint(path: Path) -> StateDict:
    """The tensors of the published file, whose checksum was compared: of a pickle only tensors."""
    try:
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    except (UnpicklingError, RuntimeError, EOFError, AttributeError, ValueError) as error:
        raise DataError(f"{path} is damaged. Delete it; it will be fetched again.") from error
    if not isinstance(checkpoint, dict) or not all(
        isinstance(value, Tensor) for value in checkpoint.values()
    ):
        raise DataError(f"Expected weights by name in {path}, got other things. Delete it.")
    tensors = to_canonical({str(name): value for name, value in checkpoint.items()})
    build_backbone(tensors, str(path))  # says what is wrong, before it is kept
    return tensors
