"""Plug-in files: Python files of a user's that bring heads, datasets, sources or backbones.

A plug-in is loaded where it is named, never because a run mentions it: it is code.
"""

import hashlib
import importlib.util
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import ConfigError, TriptychError
from ..registry import Registry
from .files import os_error_reason

_loaded: dict[str, str] = {}  # path -> sha256


def load_plugin(path: str | Path) -> list[str]:
    """Run a Python file and register every part that it defines.

    A part is a public class that keeps the contract of a registry: a subclass of `Head`, `Dataset`,
    `Source` or `Backbone`. The file imports the panel it is for, so its registries are there.

    Returns the names of the parts, as "head keypoints". Raises ConfigError for a file that cannot
    be read or run or that brings nothing, UnknownNameError for a name that is taken.
    """
    file = Path(path).resolve()
    try:
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise ConfigError(
            f"The plug-in {path} cannot be read ({os_error_reason(error)}). Name a Python file."
        ) from error
    if _loaded.get(str(file)) == digest:
        return []
    name = f"triptych_plugin_{file.stem}_{digest[:8]}"
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ConfigError(f"Expected a plug-in that ends in .py, got {path}.")
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except TriptychError:
        raise
    except Exception as error:
        del sys.modules[name]
        raise ConfigError(
            f"The plug-in {path} cannot be run: {type(error).__name__}: {error}. Mend it and try "
            "again."
        ) from error
    brought = [
        (registry, registry.name_of(part), part)
        for registry in Registry.instances
        for part in registry.parts_of(module)
    ]
    if not brought:
        kinds = ", ".join(registry.kind for registry in Registry.instances)
        raise ConfigError(
            f"The plug-in {path} brings no part. Define a public class that is one of: "
            f"{kinds or 'those that triptych.multitask exports'}."
        )
    for registry, part_name, part in brought:
        registry.register(part_name, part)
    _loaded[str(file)] = digest
    return [f"{registry.kind} {part_name}" for registry, part_name, _ in brought]


def loaded_plugins() -> dict[str, str]:
    """The plug-ins of this process: the sha256 of each file by its absolute path."""
    return dict(_loaded)


def plugin_hint(record: Mapping[str, Any]) -> str:
    """What to add to an error about an unknown part of a run: the plug-ins that the run names and
    that are not loaded, as the options that load them; empty where there are none.

    Parameters:
        record: what run.json or model.json says.
    """
    plugins = record.get("plugins")
    named = plugins if isinstance(plugins, dict) else {}
    missing = [str(path) for path in named if str(path) not in _loaded]
    if not missing:
        return ""
    options = " ".join(f"--plugin {path}" for path in missing)
    return f" The run was made with a plug-in; where you trust it, add {options}."
