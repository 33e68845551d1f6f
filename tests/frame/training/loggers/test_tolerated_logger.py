"""A tracker that is lost is told once, and the training ends as it would have without it."""

import warnings
from pathlib import Path
from typing import Any

import pytest
from lightning.pytorch.loggers import Logger
from tests.frame.training.test_trainer import PLAIN, Lesson, Lines, trained

from triptych.frame.config import TrainingConfig
from triptych.frame.progress import no_progress
from triptych.frame.training.callbacks import read_history
from triptych.frame.training.loggers import close_loggers, trackers
from triptych.frame.training.loggers.tolerated_logger import (
    ToleratedLogger,
    TrackerNotice,
    first_line,
)
from triptych.frame.training.trainer import build_trainer, fit


class LostServer(Logger):
    """A tracker that takes so many calls, and no more."""

    name, version, experiment = "lost", "7", "its own"

    def __init__(self, calls: int, error: Exception):
        super().__init__()
        self.left, self.error, self.asked = calls, error, 0

    def _take(self, *_: Any, **__: Any) -> None:
        self.asked += 1
        if self.asked > self.left:
            raise self.error

    log_metrics = log_hyperparams = log_graph = after_save_checkpoint = save = finalize = _take


@pytest.mark.parametrize("calls", [1, 2, 4])
@pytest.mark.parametrize("error", [ConnectionError("no route\nto host."), OSError(28, "full")])
def test_a_training_goes_on_without_a_lost_tracker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, calls: int, error: Exception
):
    scores = [0.1, 0.2, 0.3]
    alone = trained(tmp_path / "alone", scores)
    tracker = LostServer(calls, error)
    monkeypatch.setattr(trackers, "tracker_names", lambda _: ["mlflow"])
    monkeypatch.setitem(trackers._BUILDERS, "mlflow", lambda *_: tracker)  # pyright: ignore
    config = TrainingConfig.merge(PLAIN, {"epochs": 3})
    folder = tmp_path / "run"
    folder.mkdir()
    trainer = build_trainer(config, folder, progress=no_progress, monitor="score")
    lesson = Lesson(scores)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("ignore")  # Lightning and PyTorch have notices of their own
        warnings.simplefilter("always", TrackerNotice)
        fit(trainer, lesson, Lines(), folder)
        close_loggers(trainer, {"test/score": 0.5})
    (notice,) = map(str, (one.message for one in told))
    assert "MLflow is lost" in notice and "goes on without it" in notice and "\n" not in notice
    assert tracker.asked == calls + 1
    assert lesson.line.weight.equal(alone.line.weight)
    assert read_history(folder) == read_history(tmp_path / "alone")


def test_what_a_tracker_says_of_itself_is_handed_on():
    logger = ToleratedLogger(LostServer(9, OSError()), "Any")
    assert (logger.name, logger.version, logger.experiment) == ("lost", "7", "its own")
    assert logger.save_dir is None and logger.log_dir is None
    logger.log_graph(None)
    logger.save()
    assert not logger.lost


def test_an_error_without_words_is_called_by_its_name():
    assert first_line(TimeoutError()) == "TimeoutError"
    assert first_line(ValueError(" It is so.\nAnd more")) == "It is so"
