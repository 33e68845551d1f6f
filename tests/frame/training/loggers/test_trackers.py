"""Trackers get the figures and settings of a training, on this machine, and go on when it does."""

import json
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from tests.frame.training.test_trainer import PLAIN, Lesson, Lines, Stop

from triptych.frame.config import TrainingConfig
from triptych.frame.errors import ConfigError, MissingDependencyError, UnknownNameError
from triptych.frame.progress import no_progress
from triptych.frame.training.loggers import build_loggers, close_loggers, tracker_names
from triptych.frame.training.loggers import trackers as loggers
from triptych.frame.training.resume import resumed_settings
from triptych.frame.training.trainer import build_trainer, fit


def needs(name: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(find_spec(name) is None, reason=f"{name} is not installed")


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No variable of a tracker is set, and none that a training sets stays."""
    with monkeypatch.context() as variables:
        for name in ("MLFLOW_TRACKING_URI", "WANDB_MODE", "WANDB_PROJECT"):
            variables.delenv(name, raising=False)
        variables.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
        variables.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
        yield


def settings(**changes: object) -> TrainingConfig:
    return TrainingConfig.merge(PLAIN, changes)


def train(folder: Path, scores: list[float], **changes: object) -> None:
    """A training as a panel does it, of as many epochs as scores."""
    folder.mkdir(exist_ok=True)
    config = settings(epochs=len(scores), **changes)
    facts = {"dataset": "lines", "options": {"ground": "noise"}}
    trainer = build_trainer(config, folder, progress=no_progress, monitor="score", facts=facts)
    fit(trainer, Lesson(scores), Lines(), folder)
    close_loggers(trainer, {"test/score": 0.25})


# --- names ---


def test_nothing_is_tracked_by_default(tmp_path: Path):
    assert tracker_names(settings()) == []
    assert tracker_names(settings(log=" none,")) == []
    train(tmp_path / "run", [0.5])
    assert {path.name for path in tmp_path.iterdir()} == {"run"}
    names = {path.name for path in (tmp_path / "run").iterdir()}
    assert not names & {loggers.IDS, "tensorboard", "wandb"}


def test_an_unknown_tracker_is_told_with_the_nearest():
    with pytest.raises(UnknownNameError, match=r"no tracker 'mlfow'. Did you mean 'mlflow'\?"):
        tracker_names(settings(log="none,mlfow"))


def test_what_other_libraries_call_it_is_known():
    with pytest.raises(UnknownNameError, match="Did you mean 'log'"):
        settings(report_to="wandb")


@pytest.mark.parametrize("name", loggers.TITLES)
@pytest.mark.parametrize("spec", [None, SimpleNamespace(origin=None)], ids=["none", "folder"])
def test_a_tracker_that_is_not_installed_is_told(
    name: str, spec: object, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(loggers, "find_spec", lambda _: spec)
    with pytest.raises(MissingDependencyError) as told:
        tracker_names(settings(log=name))
    assert f"--log {name} needs" in str(told.value)
    assert f"pip install 'triptych[{name}]'" in str(told.value)


def test_trackers_are_named_once_and_in_any_case(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(loggers, "find_spec", lambda _: SimpleNamespace(origin="x"))
    said = settings(log="WandB, mlflow,wandb", tensorboard=True)
    assert tracker_names(said) == ["wandb", "mlflow", "tensorboard"]


def test_a_run_goes_on_with_other_trackers(tmp_path: Path):
    begun = settings(log="mlflow", tensorboard=True)
    now = resumed_settings(tmp_path, begun, {"log": "none", "tensorboard": False})
    assert (now.log, now.tensorboard) == ("none", False)
    assert resumed_settings(tmp_path, begun, {}) == begun


# --- what they get ---


@needs("tensorboard")
def test_tensorboard_has_the_figures_of_each_epoch(tmp_path: Path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    train(tmp_path / "run", [0.5, 0.75], log="tensorboard")
    folder = tmp_path / "run" / "tensorboard"
    events = EventAccumulator(str(folder)).Reload()
    assert [event.value for event in events.Scalars("score")] == [0.5, 0.75]
    assert [event.value for event in events.Scalars("test/score")] == [0.25]
    told = yaml.safe_load((folder / "hparams.yaml").read_text())
    assert told["dataset"] == "lines" and told["epochs"] == 2


@needs("mlflow")
@pytest.mark.filterwarnings("ignore")
def test_mlflow_goes_on_in_its_run(tmp_path: Path):
    from mlflow import MlflowClient

    folder = tmp_path / "run"
    train(folder, [0.5], log="mlflow")
    train(folder, [0.5, 0.75], log="mlflow")
    client = MlflowClient((tmp_path / "mlruns").as_uri())
    experiment = client.get_experiment_by_name(loggers.PROJECT)
    assert experiment
    (run,) = client.search_runs([experiment.experiment_id])
    assert json.loads((folder / loggers.IDS).read_text()) == {"mlflow": run.info.run_id}
    history = client.get_metric_history(run.info.run_id, "score")
    assert [metric.value for metric in history] == [0.5, 0.75]
    assert run.data.metrics["test/score"] == 0.25 and run.info.status == "FINISHED"
    assert run.info.run_name == "run" and run.data.params["options/ground"] == "noise"


@needs("mlflow")
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("ids", ['{"mlflow": "0123"}', "[1]", '{"mlflow": 3}', "{"])
def test_mlflow_begins_a_run_where_the_earlier_one_is_gone(tmp_path: Path, ids: str):
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / loggers.IDS).write_text(ids)
    train(folder, [0.5], log="mlflow")
    (run_id,) = json.loads((folder / loggers.IDS).read_text()).values()
    assert len(run_id) == 32


@needs("mlflow")
@pytest.mark.filterwarnings("ignore")
def test_a_tracker_that_refuses_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "nosuch://place")
    with pytest.raises(ConfigError, match=r"MLflow does not take the run: .*[^.]\. Mend") as told:
        build_loggers(settings(log="mlflow"), tmp_path)
    assert "\n" not in str(told.value)


@needs("wandb")
@pytest.mark.filterwarnings("ignore")
def test_wandb_writes_files_under_one_id_and_ends_its_run(tmp_path: Path):
    import wandb

    folder = tmp_path / "run"
    train(folder, [0.5], log="wandb")
    assert wandb.run is None
    (run_id,) = json.loads((folder / loggers.IDS).read_text()).values()
    (files,) = (folder / "wandb").glob("offline-run-*")
    assert files.name.endswith(run_id) and list(files.glob("*.wandb"))


@needs("wandb")
@pytest.mark.filterwarnings("ignore")
def test_wandb_ends_its_run_where_a_training_fails(tmp_path: Path):
    import wandb

    config = settings(epochs=2, log="wandb")
    stop = Stop(1, ValueError("of the test"))
    trainer = build_trainer(
        config, tmp_path, progress=no_progress, monitor="score", callbacks=[stop]
    )
    assert wandb.run is not None
    with pytest.raises(ValueError, match="of the test"):
        fit(trainer, Lesson([0.5, 0.6]), Lines(), tmp_path)
    assert wandb.run is None


def test_a_tracker_whose_own_packages_are_missing_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(loggers, "find_spec", lambda _: SimpleNamespace(origin="x"))
    monkeypatch.setitem(sys.modules, "wandb", None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'triptych\[wandb\]'"):
        build_loggers(settings(log="wandb"), tmp_path)
