"""Training settings: the only home of their defaults. Imports no torch, so doors open fast."""

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .errors import BadSetting
from .registry import nearest

Precision = Literal["auto", "bf16", "fp32"]


class TrainingSettings(BaseModel):
    """How to train. A dataset may recommend others; what the user says stands above both."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    epochs: int = Field(12, ge=1, description="passes over the training part")
    batch: int = Field(256, ge=2, description="images a step")
    lr: float = Field(6e-3, gt=0, description="highest learning rate of the one-cycle schedule")
    warmup: float = Field(0.2, gt=0, lt=1, description="share of steps before the highest rate")
    decay: float = Field(0.02, ge=0, description="weight decay of AdamW")
    average: float = Field(0.99, ge=0, lt=1, description="keep this much of averaged weights a step")
    seed: int = Field(0, ge=0, lt=2**32, description="all chance follows from it")
    device: str = Field("auto", description="auto, cpu, cuda, cuda:1, mps …")
    precision: Precision = Field("auto", description="auto: bf16 where the machine is built for it")
    devices: int = Field(1, ge=1, description="devices on each node")
    nodes: int = Field(1, ge=1, description="machines that train together")
    monitor: str = Field("score", description="metric that picks the best epoch; score: mean of all")
    patience: int = Field(0, ge=0, description="stop after so many epochs without a better; 0: never")
    tensorboard: bool = Field(False, description="also write TensorBoard files into the run")

    @classmethod
    def merged(cls, *layers: Mapping[str, Any]) -> Self:
        """Defaults with each layer of changes laid over the one before; None changes nothing."""
        merged: dict[str, Any] = {}
        for layer in layers:
            merged |= {name: value for name, value in layer.items() if value is not None}
        for name in merged:
            if name not in cls.model_fields:
                raise nearest(name, cls.model_fields, "training setting")
        try:
            return cls(**merged)
        except ValidationError as error:
            slip = error.errors()[0]
            name = slip["loc"][0]
            raise BadSetting(f"Setting '{name}': {slip['msg']}, got {slip['input']!r}.") from None
