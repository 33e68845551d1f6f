"""Training settings: the only home of their defaults. Imports nothing heavy, so doors open fast."""

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from difflib import get_close_matches
from math import inf
from reprlib import repr as brief
from typing import Annotated, Any, Literal, TypeVar

from annotated_types import Ge, Gt, Le, Lt

from .errors import ConfigError, UnknownNameError
from .registry import unknown_name_error

T = TypeVar("T")

OTHERS_SAY = {
    "accumulate_grad_batches": "accumulate",
    "accumulation": "accumulate",
    "accumulation_steps": "accumulate",
    "bs": "batch",
    "batch_size": "batch",
    "class_weights": "loss_weights",
    "data": "dataset",
    "early_stopping": "patience",
    "epoch": "epochs",
    "freeze": "freeze_stages",
    "grad_accum": "accumulate",
    "gradient_accumulation": "accumulate",
    "gradient_accumulation_steps": "accumulate",
    "head": "heads",
    "layer_lr_decay": "layer_decay",
    "learning_rate": "lr",
    "log_dir": "out",
    "logger": "log",
    "loggers": "log",
    "llrd": "layer_decay",
    "lr0": "lr",
    "max_epochs": "epochs",
    "metric": "metrics",
    "model": "backbone",
    "n_epochs": "epochs",
    "name": "out",
    "num_epochs": "epochs",
    "num_samples": "limit",
    "output_dir": "out",
    "project": "out",
    "random_state": "seed",
    "report_to": "log",
    "save_dir": "out",
    "subset": "limit",
    "task": "heads",
    "tasks": "heads",
    "tracker": "log",
    "trackers": "log",
    "verbose": "progress",
    "wd": "weight_decay",
    "weight": "loss_weights",
    "weights": "loss_weights",
}
"""What other libraries call a setting, or another keyword of `train`, by the name it has here."""

NOT_HERE = ("image_size", "img_size", "imgsz", "input_size", "resolution")
"""What other libraries ask for and is not asked here, for data decide it."""


def option(default: Any, description: str, *, formerly: str | None = None) -> Any:
    """A field of a configuration dataclass.

    Parameters:
        default: the value where nothing else is said; this is its only home.
        description: what it is for, in a few words; help texts are made from it.
        formerly: the name it had in runs made by earlier versions, still understood everywhere.
    """
    return field(default=default, metadata={"description": description, "formerly": formerly})


@dataclass(frozen=True)
class TrainingConfig:
    """How to train. A dataset may recommend others; what the user says stands above both."""

    epochs: Annotated[int, Ge(1)] = option(12, "passes over the training part")
    batch: Annotated[int, Ge(2)] = option(128, "images a batch, of all devices together")
    accumulate: Annotated[int, Ge(1)] = option(
        1, "batches whose gradients are added up for a step, where memory holds no larger batch"
    )
    lr: Annotated[float, Gt(0), Lt(inf)] = option(
        6e-3, "highest learning rate of the one-cycle schedule"
    )
    warmup_fraction: Annotated[float, Gt(0), Lt(1)] = option(
        0.2, "share of steps before the highest rate", formerly="warmup"
    )
    weight_decay: Annotated[float, Ge(0), Lt(inf)] = option(
        0.02, "weight decay of AdamW", formerly="decay"
    )
    freeze_epochs: Annotated[int, Ge(0)] = option(
        0, "first epochs in which the backbone stays as it is"
    )
    freeze_stages: Annotated[int, Ge(0)] = option(
        0, "first stages of the backbone that always stay as they are"
    )
    layer_decay: Annotated[float, Gt(0), Le(1)] = option(
        1.0, "learning rate of a stage of the backbone, over that of the next one"
    )
    ema_decay: Annotated[float, Ge(0), Lt(1)] = option(
        0.99, "averaged weights keep this share a step", formerly="average"
    )
    seed: Annotated[int, Ge(0), Lt(2**32)] = option(0, "all chance follows from it")
    device: str = option("auto", "auto, cpu, cuda, cuda:1 …")
    precision: Literal["auto", "bf16", "fp32"] = option(
        "auto", "auto, bf16 or fp32; auto is bf16 where the machine is built for it"
    )
    devices: Annotated[int, Ge(1)] = option(1, "devices on each machine")
    num_nodes: Annotated[int, Ge(1)] = option(1, "machines that train together", formerly="nodes")
    monitor: str = option("score", "metric that picks the best epoch; score is the mean of heads")
    patience: Annotated[int, Ge(0)] = option(0, "stop after so many epochs without a better one")
    log: str = option(
        "none", "trackers that get the figures too, a,b of mlflow, tensorboard, wandb; or none"
    )
    tensorboard: bool = option(False, "also write TensorBoard files into the run")

    @classmethod
    def merge(cls, *layers: Mapping[str, Any], others: Iterable[str] = ()) -> "TrainingConfig":
        """Defaults with `layers` of changes laid over them, and `others`, as `merge` takes them."""
        return merge(cls, *layers, others=others)


def merge(kind: type[T], *layers: Mapping[str, Any], others: Iterable[str] = ()) -> T:
    """A configuration of a `kind`: its defaults with each layer laid over the one before.

    Parameters:
        kind: a dataclass whose fields are made by `option`.
        layers: values by name; None changes nothing, and a former name stands for today's.
        others: names that the caller takes beside the settings, which may have been meant.

    Raises UnknownNameError with the nearest name, ConfigError for a value out of range.
    """
    return validate(kind, _overlay(layers, kind, others=others))


def validate(kind: Any, value: Any, name: str = "") -> Any:
    """What was typed or read from JSON, as a `kind`.

    Parameters:
        kind: a configuration class, or any type annotation.
        value: what to check; strings are converted as pydantic does.
        name: the option it belongs to, for the error.

    Raises ConfigError for a value that is not of the kind, or out of its range.
    """
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        slip = error.errors()[0]
        place = ".".join(str(part) for part in (name, *slip["loc"]) if part != "")
        if typed := _former_names(kind).get(place):
            place = f"{typed}' or '{place}"
        raise ConfigError(
            f"Setting '{place}': {slip['msg']}, got {brief(slip['input'])}."
        ) from None


def partition(
    kind: type, *layers: Mapping[str, Any], others: Iterable[str] = ()
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Split layers into the options every training has and those of a `kind` beside them.

    Each is ready for `merge`.

    Parameters:
        kind: a dataclass of options.
        layers: mappings of option names to values; later ones win, None is skipped.
        others: names that the caller takes beside the settings, which may have been meant.

    Raises UnknownNameError with the nearest name of both.
    """
    values = _overlay(layers, kind, TrainingConfig, others=others)
    special = descriptions(kind)
    general = {name: value for name, value in values.items() if name not in special}
    return general, {name: value for name, value in values.items() if name in special}


def descriptions(kind: type = TrainingConfig) -> dict[str, str]:
    """What each option of a kind is for, in a few words, by name."""
    return {known.name: known.metadata["description"] for known in fields(kind)}


def defaults(kind: type = TrainingConfig) -> dict[str, Any]:
    """The default of each option of a kind, by name; options without one are left out."""
    values: dict[str, Any] = {}
    for known in fields(kind):
        if known.default is not MISSING:
            values[known.name] = known.default
        elif known.default_factory is not MISSING:
            values[known.name] = known.default_factory()
    return values


def known_names(kind: type) -> dict[str, str]:
    """Today's name of each option of a kind, by that name and by its former one."""
    names = {former: name for name, former in _former_names(kind).items()}
    return names | {option.name: option.name for option in fields(kind)}


def _former_names(kind: Any) -> dict[str, str]:
    """The former name of each option of a configuration class that has one, by today's."""
    known = fields(kind) if is_dataclass(kind) else ()
    named = {option.name: option.metadata.get("formerly") for option in known}
    return {name: former for name, former in named.items() if former}


def _overlay(
    layers: Iterable[Mapping[str, Any]], *kinds: type, others: Iterable[str] = ()
) -> dict[str, Any]:
    """Layers laid one over the other, without None, under today's names, all of them known."""
    today = {option.name for kind in kinds for option in fields(kind)}
    names = {said: name for kind in kinds for said, name in known_names(kind).items()}
    names |= {name: name for name in today}  # no former name hides one of another kind
    values: dict[str, Any] = {}
    for layer in layers:
        for name, value in layer.items():
            if name not in names:
                raise _unknown(name, today, {*others})
            if value is not None:
                values[names[name]] = value
    return values


def _unknown(name: str, today: set[str], others: set[str]) -> UnknownNameError:
    """The error for a name that is no setting: it says what is surely meant, where that is known.

    Parameters:
        name: as it was typed.
        today: the names of the settings.
        others: what the caller takes beside them.
    """
    if name in NOT_HERE and "size" not in today:
        return UnknownNameError(
            f"There is no training setting '{name}'. Images have the size of the dataset: leave it "
            "out."
        )
    said = OTHERS_SAY.get(name)
    if said not in {*today, *others}:
        close = get_close_matches(name, {*today, *others}, n=1)
        said = next(iter(others.intersection(close)), None)
    return unknown_name_error(name, today, "training setting", meant=said)
