"""`triptych train --folds`: cross-validate, print the mean and the spread."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ... import multitask
from ...frame.training.distributed import is_rank_zero
from ...multitask.datasets import named_or_path
from ...multitask.engine.tuning.cross_validation import begun_folds
from .. import console
from ..signals import StoppedError
from .train import command, split_settings, train

DEFAULT = 5


def train_or_cross_validate(
    datasets: Sequence[str],
    folder: Path,
    choice: Mapping[str, Any],
    assignments: Mapping[str, Any],
    flags: Mapping[str, Any],
    *,
    folds: int | None,
    resume: bool,
    json: bool,
) -> None:
    """Train once, or once for each fold where folds were asked for, now or when it was begun.

    Parameters:
        datasets: a name in `DATASETS`, or paths of pictures.
        folder: of the run.
        choice: heads, source and so on, as `train.train` takes them.
        assignments: what --set says.
        flags: training settings that have an option of their own.
        folds: how many; None where it was not typed.
        resume: whether to go on with what is in the folder.
        json: print the figures as JSON.
    """
    said = (datasets, folder, choice, assignments, flags)
    if folds or (resume and begun_folds(folder)):
        cross_validate(*said, folds=folds, resume=resume, json=json)
    else:
        train(*said, resume=resume, json=json)


def cross_validate(
    datasets: Sequence[str],
    folder: Path,
    choice: Mapping[str, Any],
    assignments: Mapping[str, Any],
    flags: Mapping[str, Any],
    *,
    folds: int | None,
    resume: bool,
    json: bool,
) -> None:
    """Train and measure each fold, or go on, then print mean and standard deviation.

    Parameters:
        datasets: paths of pictures.
        folder: of the runs.
        choice: heads, source and so on, as `train.train` takes them.
        assignments: what --set says.
        flags: training settings that have an option of their own.
        folds: how many; None where it was not typed.
        resume: whether to go on with what is in the folder.
        json: print the figures as JSON.
    """
    name, _ = named_or_path(datasets, choice.get("source"))
    options, settings = split_settings(name, assignments, flags)
    said = {name: value for name, value in choice.items() if value is not None}
    count = folds or begun_folds(folder) or DEFAULT
    try:
        with console.progress_bar() as progress:
            result = multitask.cross_validate(
                [*datasets],
                folds=count,
                out=folder,
                go_on=resume,
                progress=progress,
                options=options,
                **said,
                **settings,
            )
    except KeyboardInterrupt as stop:
        again = command("train", *datasets, "--out", folder, "--resume")
        raise StoppedError(f"Go on with:  {again}") from stop
    if not is_rank_zero():
        return
    if json:
        console.print_json({"run": str(folder), **result.to_dict()})
        return
    mean, deviation = result.mean, result.deviation
    rows = {name: f"{value:.4f} ± {deviation[name]:.4f}" for name, value in mean.items()}
    each = {name: "  ".join(f"{value:.4f}" for value in result.values(name)) for name in mean}
    title = f"{count} folds of {', '.join(map(str, datasets))}, {sum(result.images):,} images"
    console.print_table(title, rows, notes=each, header=("figure", "mean ± sd", "of each fold"))
    console.log(f"Runs: {folder / 'fold-1'} … {folder / f'fold-{count}'}")
