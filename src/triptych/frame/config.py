"""Training settings: the only home of their defaults. Imports nothing heavy, so doors open fast."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields
from math import inf
from reprlib import repr as brief
from typing import Annotated, Any, Literal, TypeVar

from annotated_types import Ge, Gt, Lt

from .errors import ConfigError
from .registry import nearest

T = TypeVar("T")


def setting(default: Any, about: str) -> Any:
    """A field of a dataclass of settings; `about` says in a few words what it is for."""
    return field(default=default, metadata={"about": about})


@dataclass(frozen=True)
class TrainingSettings:
    """How to train. A dataset may recommend others; what the user says stands above both."""

    epochs: Annotated[int, Ge(1)] = setting(12, "passes over the training part")
    batch: Annotated[int, Ge(2)] = setting(128, "images a step")
    lr: Annotated[float, Gt(0), Lt(inf)] = setting(
        6e-3, "highest learning rate of the one-cycle schedule"
    )
    warmup: Annotated[float, Gt(0), Lt(1)] = setting(0.2, "share of steps before the highest rate")
    decay: Annotated[float, Ge(0), Lt(inf)] = setting(0.02, "weight decay of AdamW")
    average: Annotated[float, Ge(0), Lt(1)] = setting(
        0.99, "averaged weights keep this share a step"
    )
    seed: Annotated[int, Ge(0), Lt(2**32)] = setting(0, "all chance follows from it")
    device: str = setting("auto", "auto, cpu, cuda, cuda:1 …")
    precision: Literal["auto", "bf16", "fp32"] = setting(
        "auto", "auto, bf16 or fp32; auto is bf16 where the machine is built for it"
    )
    devices: Annotated[int, Ge(1)] = setting(1, "devices on each machine")
    nodes: Annotated[int, Ge(1)] = setting(1, "machines that train together")
    monitor: str = setting("score", "metric that picks the best epoch; score is the mean of heads")
    patience: Annotated[int, Ge(0)] = setting(0, "stop after so many epochs without a better one")
    tensorboard: bool = setting(False, "also write TensorBoard files into the run")

    @classmethod
    def merged(cls, *layers: Mapping[str, Any]) -> "TrainingSettings":
        """Defaults with each layer of changes laid over the one before, as `merged` does."""
        return merged(cls, *layers)


def merged(kind: type[T], *layers: Mapping[str, Any]) -> T:
    """Settings of a `kind`: its defaults with each layer of changes laid over the one before; None
    changes nothing.

    Raises UnknownNameError with the nearest name, ConfigError for a value out of range."""
    return checked(kind, _laid(layers, about(kind)))


def checked(kind: Any, told: Any, name: str = "") -> Any:
    """What was typed or read from JSON, as a `kind`: a type of settings, or any type annotation, of
    the setting `name`. Raises ConfigError for what is none."""
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(kind).validate_python(told)
    except ValidationError as error:
        slip = error.errors()[0]
        place = ".".join(str(part) for part in (name, *slip["loc"]) if part != "")
        raise ConfigError(
            f"Setting '{place}': {slip['msg']}, got {brief(slip['input'])}."
        ) from None


def divided(kind: type, *layers: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What layers say of the settings every training has, and of those of a `kind` beside them,
    each for `merged`. Raises UnknownNameError with the nearest name of both."""
    special = about(kind)
    chosen = _laid(layers, special | about())
    general = {name: value for name, value in chosen.items() if name not in special}
    return general, {name: value for name, value in chosen.items() if name in special}


def _laid(layers: Iterable[Mapping[str, Any]], known: Collection[str]) -> dict[str, Any]:
    """Layers laid one over the other, without None; their names are all known."""
    chosen: dict[str, Any] = {}
    for layer in layers:
        chosen |= {name: value for name, value in layer.items() if value is not None}
    for name in chosen:
        if name not in known:
            raise nearest(name, known, "training setting")
    return chosen


def about(kind: type = TrainingSettings) -> dict[str, str]:
    """What each setting is for, in a few words."""
    return {known.name: known.metadata["about"] for known in fields(kind)}
