"""Cross-validation: as many trainings as folds, each measured on the fold it has not seen."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from ....frame.errors import ConfigError, RunError
from ....frame.progress import ProgressLike, showing
from ....frame.storage import run_folder
from ....frame.storage.files import os_error_reason, write_json
from ....frame.training.distributed import in_first_process, is_rank_zero
from ....frame.training.resume import check_unchanged
from ...datasets import DATASETS, named_or_path, run_name
from ..train import resume, train

FOLDS_FILE = "folds.json"
FEWEST = 2  # folds


@dataclass(frozen=True)
class CrossValidation:
    """What the trainings of a cross-validation ended with.

    Parameters:
        folder: with a run for each fold: fold-1, fold-2 …
        metrics: of each fold on its held-out images, by name.
        images: how many were held out in each.
    """

    folder: Path
    metrics: tuple[dict[str, float], ...]
    images: tuple[int, ...]

    def values(self, name: str) -> list[float]:
        """A metric in the folds that have it.

        Parameters:
            name: of the metric.
        """
        return [each[name] for each in self.metrics if name in each]

    @property
    def mean(self) -> dict[str, float]:
        """The mean of each metric over folds."""
        return {name: mean(self.values(name)) for name in self._names}

    @property
    def deviation(self) -> dict[str, float]:
        """The standard deviation of each metric over folds (n − 1); 0 of a single one."""
        several = {name: self.values(name) for name in self._names}
        return {name: stdev(each) if len(each) > 1 else 0.0 for name, each in several.items()}

    @property
    def _names(self) -> list[str]:
        return [*dict.fromkeys(name for each in self.metrics for name in each)]

    def to_dict(self) -> dict[str, Any]:
        """Its figures, ready for JSON."""
        return {
            "mean": self.mean,
            "deviation": self.deviation,
            "folds": [
                {"images": count, "metrics": each} for count, each in zip(self.images, self.metrics)
            ],
        }


def cross_validate(
    dataset: str | Path | Sequence[str | Path],
    *,
    folds: int = 5,
    out: str | Path | None = None,
    go_on: bool = False,
    progress: ProgressLike = None,
    options: Mapping[str, Any] | None = None,
    **arguments: Any,
) -> CrossValidation:
    """Train once for each fold of pictures of your own, and measure each on the fold held out.

    Folds have equal shares of each class, and keep groups together. Pictures that are stated to be
    for the test are left out of all; a share of the others is for validation in each training.

    Parameters:
        dataset: the path of your own pictures, or several.
        folds: how many, 2 or more.
        out: the folder of the runs, new or empty; by default runs/NAME.
        go_on: whether to go on with what was stopped there, as it was begun: folds that are
            finished are kept.
        progress: told how far each training is.
        options: the dataset's own settings.
        arguments: others that `train` takes.

    Raises ConfigError for a dataset that makes its images anew, DataError for fewer images than
    folds, and what `train` raises.
    """
    called = run_name(dataset)
    name, source = named_or_path(dataset, arguments.pop("source", None))
    if "folds" not in DATASETS[name].config_class.model_fields:
        raise ConfigError(
            f"Folds are for pictures of your own: {name} makes its images anew, and has test "
            "images of its own. Leave --folds out."
        )
    folder = Path(out or Path("runs") / called)
    given = {name: value for name, value in arguments.items() if value is not None}
    callbacks = {key: given.pop(key) for key in ("callbacks", "metrics") if key in given}
    said = {**given, "source": DATASETS[name].absolute_source(str(source)), "folds": folds}
    said["options"] = {**(options or {})}
    if go_on:
        said, occupied = _begun(folder, said), run_folder.lock(folder)
    elif folds < FEWEST:
        raise ConfigError(f"Expected {FEWEST} folds or more, got {folds}.")
    else:
        occupied = run_folder.beginning(folder)
    results = []
    with showing(progress) as listener, in_first_process(occupied):
        if not go_on and is_rank_zero():
            write_json(folder / FOLDS_FILE, {"arguments": said})
        for fold in range(1, said["folds"] + 1):
            place = folder / f"fold-{fold}"
            if not run_folder.is_finished(place):
                if (place / run_folder.RECORD).exists():
                    resume(place, progress=listener, **callbacks)
                else:
                    own = {**said["options"], "folds": said["folds"], "fold": fold}
                    rest = {key: v for key, v in said.items() if key not in ("folds", "options")}
                    train(name, out=place, options=own, progress=listener, **rest, **callbacks)
            results.append(_results(place))
    whole = CrossValidation(
        folder,
        tuple(each["metrics"] for each in results),
        tuple(each["images"] for each in results),
    )
    write_json(folder / FOLDS_FILE, {"arguments": said, **whole.to_dict()})
    return whole


def begun_folds(folder: Path) -> int:
    """How many folds the cross-validation in a folder has; 0 where there is none.

    Parameters:
        folder: of the runs.
    """
    if not (folder / FOLDS_FILE).exists():
        return 0
    return _arguments(folder)["folds"]


def _begun(folder: Path, said: Mapping[str, Any]) -> dict[str, Any]:
    """What a cross-validation was begun with, which what is said now must not contradict."""
    begun = _arguments(folder)
    now = {name: value for name, value in said.items() if name != "options" or value}
    check_unchanged(folder, begun, json.loads(json.dumps(now, default=str)))
    return begun


def _arguments(folder: Path) -> dict[str, Any]:
    """What a cross-validation was begun with."""
    try:
        found = json.loads((folder / FOLDS_FILE).read_bytes())["arguments"]
        if not isinstance(found["folds"], int) or not isinstance(found["options"], dict):
            raise TypeError
        return found
    except OSError as error:
        raise RunError(
            f"Expected a cross-validation, but {folder / FOLDS_FILE} cannot be read "
            f"({os_error_reason(error)}). Leave --resume out."
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        message = f"{folder / FOLDS_FILE} is damaged. Train anew into another --out."
        raise RunError(message) from error


def _results(place: Path) -> dict[str, Any]:
    """The figures of a finished fold."""
    try:
        results = json.loads((place / run_folder.RESULTS).read_bytes())
        return {"metrics": dict(results["metrics"]), "images": int(results["images"])}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RunError(f"{place / run_folder.RESULTS} is damaged. Delete {place}.") from error
