"""The published weights of MobileFaceNet: at hand, or read once from their author's checkpoint."""

import hashlib
import warnings
from collections.abc import Mapping
from pathlib import Path
from pickle import UnpicklingError
from zipfile import BadZipFile

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor

from ...frame.errors import DataError
from ...frame.progress import ProgressCallback, no_progress
from ...frame.storage.assets import cache_folder, fetch_or_locate, locate
from ...frame.storage.files import make_folder, write_bytes
from ..assets import MOBILEFACENET, MOBILEFACENET_CHECKPOINT
from ._embedding_net import COUNTERS, EmbeddingNet

# of names, shapes and values, however they are packed: see `digest`
DIGEST = "61b207eef8d622c9cf8f7b4b7937520c59a01ebfd6bf11bf662872703d26e24a"
CONVERTED = "faces/mobilefacenet/068.safetensors"  # in the cache


def pretrained_weights_path(progress: ProgressCallback = no_progress) -> Path:
    """A safetensors file of the published weights, fetched and converted where none is at hand.

    Raises AssetNotFoundError, DataError and WriteError as `fetch_or_locate` does.
    """
    if locate(MOBILEFACENET):
        return fetch_or_locate(MOBILEFACENET)
    converted = converted_path()
    if load_verified(converted, DIGEST) is None:
        tensors = _checkpoint(fetch_or_locate(MOBILEFACENET_CHECKPOINT, progress))
        make_folder(converted.parent)
        write_bytes(converted, save(tensors))
    return converted


def converted_path() -> Path:
    """Where weights that were read from the author's checkpoint are kept."""
    return cache_folder() / CONVERTED


def pretrained_network(path: Path) -> EmbeddingNet:
    """The published MobileFaceNet in evaluation mode: 128 numbers from RGB images of 112 × 96.

    Parameters:
        path: a safetensors file, as `pretrained_weights_path` gives it.

    Raises DataError for a file that is damaged or holds other weights.
    """
    network = EmbeddingNet("mobilefacenet", 3, 112, 96)
    try:
        tensors = {_renamed(name): values for name, values in load_file(path).items()}
    except (OSError, SafetensorError) as error:
        raise DataError(
            f"{path} holds no MobileFaceNet ({type(error).__name__}). Fetch it anew."
        ) from error
    network.load_published_(tensors, path, "MobileFaceNet")
    return network.eval()


def weights_hash(tensors: Mapping[str, Tensor]) -> str:
    """A checksum of the names, shapes and values of weights, counters of training apart."""
    digest = hashlib.sha256()
    for name, values in sorted(tensors.items()):
        if not name.endswith(COUNTERS):
            digest.update(f"{name} {list(values.shape)}\n".encode())
            digest.update(values.detach().cpu().to(torch.float32).contiguous().numpy().tobytes())
    return digest.hexdigest()


def load_verified(path: Path, digest: str) -> dict[str, Tensor] | None:
    """The weights in a safetensors file; None where they are missing, damaged or others.

    Parameters:
        path: of the file.
        digest: theirs, as `weights_hash` gives it.
    """
    try:
        tensors = load_file(path)
    except (OSError, SafetensorError):
        return None
    return tensors if weights_hash(tensors) == digest else None


def _checkpoint(path: Path) -> dict[str, Tensor]:
    """The weights in the author's checkpoint: tensors are read from it, never code."""
    try:
        with warnings.catch_warnings(action="ignore"):  # of other protocols: the error says enough
            state_dict = torch.load(path, map_location="cpu", weights_only=True)["net_state_dict"]
        tensors = {str(name): values.contiguous() for name, values in state_dict.items()}
        digest = weights_hash(tensors)
    except (
        *(UnpicklingError, BadZipFile, EOFError, OSError, RuntimeError),
        *(AttributeError, IndexError, KeyError, TypeError, ValueError),
    ) as error:
        raise DataError(
            f"{path} is no checkpoint of MobileFaceNet ({type(error).__name__}). Delete it; it "
            "will be fetched again."
        ) from error
    if digest != DIGEST:
        raise DataError(
            f"{path} holds other weights than those published: expected {DIGEST}, found {digest}. "
            "Delete it; it will be fetched again."
        )
    return tensors


def _renamed(name: str) -> str:
    """Where a weight of the published network lives in ours."""
    return f"last.{name}" if name.startswith("linear") else f"backbone.{name}"
