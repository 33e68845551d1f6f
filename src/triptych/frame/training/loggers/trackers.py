"""Experiment trackers: where the figures of a training go as well, if somebody asks for it."""

import os
from collections.abc import Callable, Mapping
from dataclasses import asdict
from importlib import import_module
from importlib.util import find_spec
from json import loads
from pathlib import Path
from typing import Any

import lightning as L
from lightning.pytorch.loggers import Logger, MLFlowLogger, TensorBoardLogger, WandbLogger

from ...config import TrainingConfig
from ...dependencies import requires
from ...errors import ConfigError, TriptychError
from ...registry import unknown_name_error
from ...storage.files import write_json
from ..distributed import is_rank_zero
from .tolerated_logger import ToleratedLogger, first_line

TITLES = {"mlflow": "MLflow", "tensorboard": "TensorBoard", "wandb": "Weights & Biases"}
"""The trackers there are, by the name of their package."""

PROJECT = "triptych"  # what trackers file the runs under
NOTHING = "none"
IDS = "trackers.json"  # of the runs of trackers, by tracker; in the run folder


def tracker_names(config: TrainingConfig) -> list[str]:
    """The trackers that settings name, all of them installed.

    Parameters:
        config: of the training.

    Raises UnknownNameError with the nearest name, MissingDependencyError.
    """
    said = [name.strip().lower() for name in config.log.split(",")]
    names = dict.fromkeys(name for name in said if name not in {"", NOTHING})
    if config.tensorboard:
        names["tensorboard"] = None
    for name in names:
        if name not in TITLES:
            raise unknown_name_error(name, {*TITLES, NOTHING}, "tracker")
        with _installed(name):
            spec = find_spec(name)
            if spec is None or spec.origin is None:  # or a folder of that name where one works
                raise ModuleNotFoundError(name)
    return list(names)


def build_loggers(
    config: TrainingConfig, folder: Path, facts: Mapping[str, Any] | None = None
) -> list[Logger]:
    """A logger for each tracker of a training, told the settings; a resumed training goes on in
    the tracker's own run.

    Nothing leaves this machine unless the tracker's own variable says so: MLFLOW_TRACKING_URI names
    a server, WANDB_MODE=online sends to Weights & Biases.

    Parameters:
        config: of the training.
        folder: of the run.
        facts: what is trained on what, by name, told beside the settings.

    Raises UnknownNameError, MissingDependencyError, ConfigError where a tracker refuses.
    """
    names = tracker_names(config)
    settings = {**(facts or {}), **asdict(config)}
    before = _recorded_ids(folder) if names else {}
    built = {name: _open(name, folder.absolute(), before.get(name), settings) for name in names}
    ids = {name: logger.version for name, logger in built.items() if logger.version}
    if ids and is_rank_zero():
        write_json(folder / IDS, {**before, **ids})
    return [ToleratedLogger(logger, TITLES[name]) for name, logger in built.items()]


def close_loggers(trainer: L.Trainer, figures: Mapping[str, float] | None = None) -> None:
    """End the runs of trackers, so that another training of the process begins its own. None that
    fails is of any consequence.

    Parameters:
        trainer: as `build_trainer` makes it.
        figures: the last ones they are told, by name.
    """
    for logger in trainer.loggers:
        if figures:
            logger.log_metrics({**figures}, trainer.global_step)
            logger.finalize("success")
        if isinstance(logger, ToleratedLogger) and isinstance(logger.tracker, WandbLogger):
            logger.attempt(logger.tracker.experiment.finish)


def _open(name: str, folder: Path, run_id: str | None, settings: Mapping[str, Any]) -> Logger:
    with _installed(name):
        try:
            logger = _BUILDERS[name](folder, run_id)
            logger.log_hyperparams(_new_settings(logger, settings))
        except (ImportError, TriptychError):
            raise
        except Exception as error:  # each tracker has errors of its own
            raise ConfigError(
                f"{TITLES[name]} does not take the run: {first_line(error)}. Mend that, or leave "
                "--log out."
            ) from error
    return logger


def _installed(name: str):
    return requires(f"--log {name}", TITLES[name], f"triptych[{name}]")


def _new_settings(logger: Logger, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that a tracker may be told; MLflow takes each once, a resumed run has them."""
    if isinstance(logger, MLFlowLogger) and is_rank_zero():
        recorded = logger.experiment.get_run(logger.run_id).data.params
        return {} if recorded else {**settings}
    return {**settings}


def _recorded_ids(folder: Path) -> dict[str, str]:
    """The runs of trackers that a run goes on in; none where the file is missing or damaged."""
    try:
        ids = loads((folder / IDS).read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    known = ids.items() if isinstance(ids, dict) else ()
    return {name: run_id for name, run_id in known if isinstance(run_id, str)}


def _tensorboard(folder: Path, run_id: str | None) -> Logger:
    return TensorBoardLogger(folder, name="tensorboard", version="", default_hp_metric=False)


def _mlflow(folder: Path, run_id: str | None) -> Logger:
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    server = os.environ.get("MLFLOW_TRACKING_URI")
    if server:  # one that is lost is waited for half a minute, not several
        os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "3")
        os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "30")
    if not server:  # what MLflow says against folders is about servers that many share
        os.environ.setdefault("MLFLOW_ALLOW_FILE_STORE", "true")
    place = server or (folder.parent / "mlruns").as_uri()
    names: dict[str, Any] = {
        "experiment_name": PROJECT,
        "run_name": folder.name,
        "tracking_uri": place,
    }
    if run_id and is_rank_zero():
        # by name, for type checkers need not have it
        mlflow, exceptions = map(import_module, ("mlflow", "mlflow.exceptions"))
        try:
            if mlflow.MlflowClient(place).get_run(run_id).info.lifecycle_stage != "deleted":
                return MLFlowLogger(**names, run_id=run_id)
        except exceptions.MlflowException:  # of another place: there a run of its own begins
            pass
    return MLFlowLogger(**names)


def _wandb(folder: Path, run_id: str | None) -> Logger:
    wandb = import_module("wandb")
    logger = WandbLogger(
        name=folder.name,
        save_dir=folder,
        project=os.environ.get("WANDB_PROJECT", PROJECT),
        id=run_id,
        mode=os.environ.get("WANDB_MODE") or "offline",
        settings=wandb.Settings(silent=True, console="off"),
    )
    logger._wandb_init.pop("anonymous", None)  # Lightning says it always, and wandb warns of it
    return logger


_BUILDERS: Mapping[str, Callable[[Path, str | None], Logger]] = {
    "mlflow": _mlflow,
    "tensorboard": _tensorboard,
    "wandb": _wandb,
}
