"""A tracker whose failures do not end a training."""

import warnings
from collections.abc import Callable
from typing import Any

from lightning.pytorch.loggers import Logger


class TrackerNotice(UserWarning):
    """What a tracker will not have of a training."""


class ToleratedLogger(Logger):
    """Hands everything to a tracker until that fails, as where its server is lost or the disk is
    full; then says so once, and hands it nothing more."""

    def __init__(self, tracker: Logger, title: str):
        """
        Parameters:
            tracker: what gets the figures.
            title: what it is called.
        """
        super().__init__()
        self.tracker, self.title, self.lost = tracker, title, False

    @property
    def name(self) -> str | None:
        """What the tracker files the run under."""
        return self.tracker.name

    @property
    def version(self) -> int | str | None:
        """The tracker's own name of the run."""
        return self.tracker.version

    @property
    def save_dir(self) -> str | None:
        """Where the tracker keeps its files."""
        return self.tracker.save_dir

    @property
    def log_dir(self) -> str | None:
        """Where the tracker keeps the files of this run."""
        return self.tracker.log_dir

    @property
    def experiment(self) -> Any:
        """The tracker's own object, for callbacks of the user."""
        return getattr(self.tracker, "experiment", None)

    def log_metrics(self, metrics: dict[str, float], step: int | None = None) -> None:
        """Hand on figures.

        Parameters:
            metrics: by name.
            step: steps trained by then.
        """
        self.attempt(self.tracker.log_metrics, metrics, step)

    def log_hyperparams(self, params: Any, *args: Any, **kwargs: Any) -> None:
        """Hand on settings.

        Parameters:
            params: by name.
        """
        self.attempt(self.tracker.log_hyperparams, params, *args, **kwargs)

    def log_graph(self, model: Any, input_array: Any = None) -> None:
        """Hand on a network.

        Parameters:
            model: the network.
            input_array: what it is traced with.
        """
        self.attempt(self.tracker.log_graph, model, input_array)

    def after_save_checkpoint(self, checkpoint_callback: Any) -> None:
        """Say that a checkpoint was written.

        Parameters:
            checkpoint_callback: that wrote it.
        """
        self.attempt(self.tracker.after_save_checkpoint, checkpoint_callback)

    def save(self) -> None:
        """Have everything written that was handed on."""
        self.attempt(self.tracker.save)

    def finalize(self, status: str) -> None:
        """Say that the training has ended.

        Parameters:
            status: "success", or how else.
        """
        self.attempt(self.tracker.finalize, status)

    def attempt(self, call: Callable[..., object], *args: Any, **kwargs: Any) -> None:
        """Call something of the tracker, unless it is lost.

        Parameters:
            call: what is called.
            args: what it is called with.
            kwargs: what it is called with by name.
        """
        if self.lost:
            return
        try:
            call(*args, **kwargs)
        except Exception as error:  # each tracker has errors of its own
            self.lost = True
            words = (
                f"{self.title} is lost ({first_line(error)}). The training goes on without it; "
                "the run folder has all figures."
            )
            warnings.warn_explicit(words, TrackerNotice, "triptych", 0)


def first_line(error: Exception) -> str:
    """What an error says, to stand within a sentence.

    Parameters:
        error: of a tracker.
    """
    said = str(error).strip().partition("\n")[0].rstrip(".")
    return said or type(error).__name__
