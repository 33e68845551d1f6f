"""A finished run opened again: its model, and the dataset that it was trained on."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...frame.progress import ProgressCallback, no_progress
from ...frame.storage import run_folder
from ...frame.training.devices import resolve_device
from ..data.dataset import Dataset
from ..data.source import Source
from ..model.multitask_model import MultitaskModel
from .task import TaskConfig, open_task


@dataclass(frozen=True, eq=False)
class FinishedRun:
    """A run that can be measured, exported and explained.

    Parameters:
        folder: of the run.
        record: what run.json says.
        task: what was learned, and from what.
        model: in evaluation mode, on the CPU.
        data: what it was trained on, on the device asked for.
        source: what the dataset is made from.
    """

    folder: Path
    record: dict[str, Any]
    task: TaskConfig
    model: MultitaskModel
    data: Dataset
    source: str


def open_run(
    run: str | Path,
    *,
    dataset: Dataset | None = None,
    source: str | Path | Source | None = None,
    device: str = "auto",
    unchanged: bool = False,
    progress: ProgressCallback = no_progress,
) -> FinishedRun:
    """Open a finished run.

    Parameters:
        run: its folder.
        dataset: the dataset itself, where it is open or the run was trained on an object.
        source: another source to make the dataset from than the run's, or where that is now.
        device: "auto", "cpu", "cuda" …; a dataset that is given stays where it is.
        unchanged: whether the images must be those that it was trained on.
        progress: told how far files are fetched.

    Raises RunError for no finished run, and for images that are gone or others; ConfigError for a
    device that this machine does not have.
    """
    folder = Path(run)
    with run_folder.reading_record(folder) as record:
        task, seed = TaskConfig.from_dict(record["plan"]), record["settings"]["seed"]
        fingerprint = record["data"] if unchanged else None
    model, place = MultitaskModel.load(folder), resolve_device(device)
    given = {"dataset": dataset, "source": source, "seed": seed, "device": place}
    data, spec = open_task(folder, task, **given, progress=progress)
    if unchanged:
        run_folder.check_same_data(folder, "data", fingerprint, data.fingerprint())
    return FinishedRun(folder, record, task, model, data, spec)
