"""Save a network in a folder and load it: weights and a description, no pickle."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor, nn

from ... import __version__
from ..errors import ConfigError, RunError, UnknownNameError
from .files import os_error_reason, write_bytes, write_json
from .plugins import loaded_plugins, plugin_hint
from .run_kind import (
    DESCRIPTION,
    MULTITASK,
    WEIGHTS,
    RunKind,
    check_kind,
    foreign_description_error,
    missing_network_error,
)

FORMAT = 2  # of model.json; raised when an older triptych could no longer read it
MISFITS = (  # what building a network raises from a description that was changed by hand
    *(ArithmeticError, AttributeError, KeyError, RuntimeError, TypeError, ValueError),
    ConfigError,
)


def save_model(folder: Path, tensors: Mapping[str, Tensor], description: Mapping[str, Any]) -> None:
    """Write all that is needed to predict: the weights, and last their description.

    Parameters:
        folder: of the run, which exists.
        tensors: the state dict of the network.
        description: what the network is built from, as JSON; the checksum of the weights, the
            version and the plug-ins that are loaded are added.

    Raises WriteError.
    """
    weights = _serialize(tensors)
    write_bytes(folder / WEIGHTS, weights)
    whole = {
        "format": FORMAT,
        "triptych": __version__,
        **description,
        "sha256": hashlib.sha256(weights).hexdigest(),
    }
    if plugins := loaded_plugins():
        whole["plugins"] = plugins
    write_json(folder / DESCRIPTION, whole)


def checksum(tensors: Mapping[str, Tensor]) -> str:
    """The sha256 of weights, as `save_model` describes them."""
    return hashlib.sha256(_serialize(tensors)).hexdigest()


def load_model(folder: Path, kind: RunKind = MULTITASK) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """The description and the weights that `save_model` wrote.

    Parameters:
        folder: of the run.
        kind: the kind of run that is expected.

    Raises RunError for a run of another kind, a folder without a network, of a newer version,
    damaged or changed since.
    """
    check_kind(folder, kind)
    description = _read_description(folder, kind)
    if kind.panel and description.get("panel") != kind.panel:
        raise RunError(f"Expected {kind.name}, but {folder} is another. {kind.remedy}")
    weights = _read_bytes(folder / WEIGHTS, folder, kind)
    if hashlib.sha256(weights).hexdigest() != description.get("sha256"):
        raise RunError(
            f"{folder / WEIGHTS} is not the file that was saved: it is damaged or was changed. "
            "Train again, or copy the whole run anew."
        )
    try:
        return description, load_tensors(weights)
    except SafetensorError as error:
        raise RunError(f"{folder / WEIGHTS} is damaged. Copy the whole run anew.") from error


def _serialize(tensors: Mapping[str, Tensor]) -> bytes:
    return save_tensors({name: tensor.contiguous() for name, tensor in tensors.items()})


def _read_bytes(path: Path, folder: Path, kind: RunKind) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = f"{path.name} cannot be read: {os_error_reason(error)}"
        raise missing_network_error(folder, kind, reason) from error


def _is_foreign(description: object) -> bool:
    """Whether a model.json was written by another program: it has none of our marks."""
    own = {"format", "sha256"}
    return isinstance(description, dict) and bool(description) and not own & description.keys()


def _read_description(folder: Path, kind: RunKind) -> dict[str, Any]:
    path = folder / DESCRIPTION
    try:
        description = json.loads(_read_bytes(path, folder, kind))
        if _is_foreign(description):
            raise foreign_description_error(path, kind)
        version = description["format"]
    except (ValueError, KeyError, TypeError) as error:
        raise RunError(f"{path} is damaged. Train again, or copy the whole run anew.") from error
    if not isinstance(version, int) or version > FORMAT:
        raise RunError(
            f"{path} has format {version}, this triptych ({__version__}) reads up to {FORMAT}. "
            "Upgrade triptych."
        )
    return description


@contextmanager
def building_network(folder: Path, description: Mapping[str, Any]) -> Iterator[None]:
    """Within the block a network is built from what `load_model` gave, and takes its weights.

    Parameters:
        folder: named in errors.
        description: names the plug-ins that an unknown part may come from.

    Raises RunError where the description and the weights do not fit this version or each other.
    """
    file = folder / DESCRIPTION
    try:
        yield
    except UnknownNameError as error:
        raise RunError(
            f"{file} cannot be followed. {error} Register a part of your own before you load the "
            f"run.{plugin_hint(description)}"
        ) from error
    except MISFITS as error:
        raise RunError(
            f"{file} and its weights do not fit this triptych or each other "
            f"({type(error).__name__}). Train again."
        ) from error


def accept_former_names(module: nn.Module, names: Mapping[str, str]) -> None:
    """Let a module load weights saved when its children or parameters had other names.

    Parameters:
        module: takes former names from now on, also as a part of a larger module.
        names: former name to today's, of children or parameters of the module itself.
    """

    def rename(module: nn.Module, state: dict[str, Any], prefix: str, *_: Any) -> None:
        for former, today in names.items():
            start = f"{prefix}{former}"
            for key in [key for key in state if key == start or key.startswith(f"{start}.")]:
                state[f"{prefix}{today}{key.removeprefix(start)}"] = state.pop(key)

    module.register_load_state_dict_pre_hook(rename)


def accept_missing(module: nn.Module, names: Iterable[str]) -> None:
    """Let a module load weights saved before it had some of its buffers: those stay as they are.

    Parameters:
        module: has the buffers, also as a part of a larger module.
        names: of the buffers.
    """

    def add(module: nn.Module, state: dict[str, Any], prefix: str, *_: Any) -> None:
        for name in names:
            state.setdefault(f"{prefix}{name}", module.get_buffer(name))

    module.register_load_state_dict_pre_hook(add)
