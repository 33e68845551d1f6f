"""Training settings: the only home of their defaults. Imports nothing heavy, so doors open fast."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from math import inf
from typing import Annotated, Any, Literal

from annotated_types import Ge, Gt, Lt

from .errors import BadSetting
from .registry import nearest


def _setting(default: Any, about: str) -> Any:
    return field(default=default, metadata={"about": about})


@dataclass(frozen=True)
class TrainingSettings:
    """How to train. A dataset may recommend others; what the user says stands above both."""

    epochs: Annotated[int, Ge(1)] = _setting(12, "passes over the training part")
    batch: Annotated[int, Ge(2)] = _setting(128, "images a step")
    lr: Annotated[float, Gt(0), Lt(inf)] = _setting(
        6e-3, "highest learning rate of the one-cycle schedule"
    )
    warmup: Annotated[float, Gt(0), Lt(1)] = _setting(0.2, "share of steps before the highest rate")
    decay: Annotated[float, Ge(0), Lt(inf)] = _setting(0.02, "weight decay of AdamW")
    average: Annotated[float, Ge(0), Lt(1)] = _setting(
        0.99, "averaged weights keep this share a step"
    )
    seed: Annotated[int, Ge(0), Lt(2**32)] = _setting(0, "all chance follows from it")
    device: str = _setting("auto", "auto, cpu, cuda, cuda:1, mps …")
    precision: Literal["auto", "bf16", "fp32"] = _setting(
        "auto", "auto, bf16 or fp32; auto is bf16 where the machine is built for it"
    )
    devices: Annotated[int, Ge(1)] = _setting(1, "devices on each machine")
    nodes: Annotated[int, Ge(1)] = _setting(1, "machines that train together")
    monitor: str = _setting("score", "metric that picks the best epoch; score is the mean of heads")
    patience: Annotated[int, Ge(0)] = _setting(0, "stop after so many epochs without a better one")
    tensorboard: bool = _setting(False, "also write TensorBoard files into the run")

    @classmethod
    def merged(cls, *layers: Mapping[str, Any]) -> "TrainingSettings":
        """Defaults with each layer of changes laid over the one before; None changes nothing.

        Raises UnknownName with the nearest name, BadSetting for a value out of range."""
        from pydantic import TypeAdapter, ValidationError

        merged: dict[str, Any] = {}
        for layer in layers:
            merged |= {name: value for name, value in layer.items() if value is not None}
        for name in merged:
            if name not in about():
                raise nearest(name, about(), "training setting")
        try:
            return TypeAdapter(cls).validate_python(merged)
        except ValidationError as error:
            slip = error.errors()[0]
            raise BadSetting(
                f"Setting '{slip['loc'][0]}': {slip['msg']}, got {slip['input']!r}."
            ) from None


def about() -> dict[str, str]:
    """What each setting is for, in a few words."""
    return {known.name: known.metadata["about"] for known in fields(TrainingSettings)}
