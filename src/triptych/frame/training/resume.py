"""What may change when a run is resumed: epochs may grow and trackers may be others; every other
setting stays as it was."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, TypeVar

from ..config import TrainingConfig, merge, partition
from ..errors import ConfigError
from .devices import resolve_device

T = TypeVar("T")

FREE = ("log", "tensorboard")  # of no matter for what a training ends with


def check_unchanged(
    folder: Path, before: Mapping[str, Any], given: Mapping[str, Any], *, instead: str = ""
) -> None:
    """Raise ConfigError where something that is given differs from what a run was begun with.

    Parameters:
        folder: of the run.
        before: what the run was begun with, by name.
        given: what is said now, under the same names; None says nothing.
        instead: what else may be done about it, for the error.
    """
    changed = {
        name: value
        for name, value in given.items()
        if value is not None and value != before.get(name)
    }
    if not changed:
        return
    said = ", ".join(f"{name} {_shown(value)}" for name, value in changed.items())
    had = ", ".join(f"{name} {_shown(before.get(name))}" for name in changed)
    raise ConfigError(
        f"{folder} was begun with {had}, got {said}. Leave it out to go on"
        f"{instead}, or train anew into another --out."
    )


def recorded_settings(settings: Mapping[str, Any]) -> TrainingConfig:
    """The training settings that a run records, with "batch" as it is meant today: the images of
    all devices together. Runs made before there was `accumulate` have in it those of each device.

    Parameters:
        settings: by name, as they are recorded.

    Raises UnknownNameError, ConfigError.
    """
    config = TrainingConfig.merge(settings)
    if "accumulate" in settings:
        return config
    return replace(config, batch=config.batch * config.devices * config.num_nodes)


def resumed_settings(
    folder: Path, config: TrainingConfig, settings: Mapping[str, Any]
) -> TrainingConfig:
    """The settings a run goes on with: those it was begun with, or more epochs,
    or other trackers.

    Parameters:
        folder: of the run.
        config: as the run records it.
        settings: what is said now, by name; None says nothing.

    Raises UnknownNameError, and ConfigError for fewer epochs or another setting that differs.
    """
    return resumed_configs(folder, config, None, settings)[0]


def resumed_configs(
    folder: Path, config: TrainingConfig, special: T, settings: Mapping[str, Any]
) -> tuple[TrainingConfig, T]:
    """The same of a training that has settings of its own beside those every training has.

    Parameters:
        folder: of the run.
        config: as the run records it.
        special: the training's own settings as the run records them, a dataclass of options; None
            where there are none.
        settings: what is said now of both, by name.
    """
    if special is None:
        now = TrainingConfig.merge(asdict(config), settings)
        before, after = asdict(config), asdict(now)
    else:
        general, own = partition(type(special), settings)
        now = TrainingConfig.merge(asdict(config), general)
        changed = merge(type(special), asdict(special), own)  # pyright: ignore
        before = asdict(config) | asdict(special)  # pyright: ignore
        after = asdict(now) | asdict(changed)  # pyright: ignore
    epochs = now.epochs
    if epochs < config.epochs:
        raise ConfigError(
            f"{folder} was begun with epochs {config.epochs}, got {epochs}. Epochs may only grow: "
            f"name more than {config.epochs}, or train anew into another --out."
        )
    given = {name: value for name, value in after.items() if name not in {"epochs", *FREE}}
    if _same_device(config.device, now.device):
        given["device"] = config.device
    check_unchanged(folder, before, given)
    free = {name: getattr(now, name) for name in FREE}
    return replace(config, epochs=epochs, **free), special


def _same_device(before: str, now: str) -> bool:
    """Whether two names mean the same device on this machine: "auto" is one of the others."""
    try:
        return before == now or resolve_device(before) == resolve_device(now)
    except ConfigError:  # one of them is no device here
        return False


def growth_note(before: int, now: int) -> str:
    """What happens to the learning rate of a run that is given more epochs, in one line.

    Parameters:
        before: epochs the run was begun with.
        now: epochs it goes on to.
    """
    return (
        f"Going on from {before} to {now} epochs: the one-cycle schedule is laid anew over all "
        f"{now}, so the learning rate goes on where a run of {now} epochs would have it."
    )


def _shown(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return ",".join(map(str, value)) or "none"
    if isinstance(value, Mapping):
        return ",".join(f"{name}={one}" for name, one in value.items()) or "none"
    return "none" if value is None else str(value)
