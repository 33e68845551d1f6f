"""`triptych train`: begin or go on, print the metrics, say what to do next."""

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ... import multitask
from ...frame.config import TrainingConfig, known_names
from ...frame.storage.plugins import loaded_plugins
from ...frame.training.distributed import is_rank_zero
from ...multitask import DATASETS, EvaluationResult, TrainResult
from ...multitask.datasets import named_or_path
from .. import console
from ..going_on import announcing_growth, going_on
from ..parsing import check_settings, merge_flags
from .network_note import NetworkNote
from .reporting.report import PAGE, report_training

OPTIONS = (
    *("backbone", "balance", "head-balance", "heads", "json", "limit", "out", "pretrained"),
    *("resume", "source", "weights"),
)
"""What has an option of its own and is no setting of the training."""


def train(
    datasets: Sequence[str],
    folder: Path,
    choice: Mapping[str, Any],
    assignments: Mapping[str, Any],
    flags: Mapping[str, Any],
    *,
    resume: bool,
    json: bool,
) -> None:
    """Train or go on, then print the metrics, where the pictures are, and the next command.

    Parameters:
        datasets: a name in `DATASETS`, or paths of pictures.
        folder: of the run.
        choice: heads, source, loss weights, backbone, limit and balances, by the keywords of
            `multitask.train`; None where nothing was typed.
        assignments: what --set says: settings of the dataset, and of the training.
        flags: training settings that have an option of their own; None where nothing was typed.
        resume: whether to go on with the run in the folder.
        json: print the evaluation as JSON.
    """
    dataset, source = named_or_path(datasets, choice.get("source"))
    choice = {**choice, "source": source}
    options, settings = split_settings(dataset, assignments, flags)
    said = {name: value for name, value in choice.items() if value is not None}
    said["callbacks"] = [NetworkNote(folder)]
    again = command("train", *datasets, "--out", folder, "--resume")
    with going_on(folder, again), console.progress_bar() as progress:
        if resume:
            progress = announcing_growth(folder, settings.get("epochs"), progress)
            trained = multitask.resume(
                folder, dataset=dataset, options=options, progress=progress, **said, **settings
            )
        else:
            trained = multitask.train(
                dataset, out=folder, options=options, progress=progress, **said, **settings
            )
    if is_rank_zero():
        console.log(f"Trained in {trained.seconds:.0f} s. Run: {folder}")
        if trained.waiting is not None:
            console.log(f"Waited for data {trained.waiting:.0%} of the time.")
        print_evaluation(trained.evaluation, json=json)
        report_training(trained)
        console.log(format_next_steps(trained))


def split_settings(
    dataset: str, assignments: Mapping[str, Any], flags: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The settings of the dataset, and those of the training.

    Parameters:
        dataset: a name in `DATASETS`.
        assignments: what --set says, of both.
        flags: training settings that have an option of their own; None where nothing was typed.

    Raises ConfigError or UnknownNameError for what cannot be set, or is said twice.
    """
    own = DATASETS[dataset].config_class.model_fields
    general = known_names(TrainingConfig)
    check_settings(assignments, {*own, *general}, OPTIONS)
    training = {n: v for n, v in assignments.items() if n not in own and n in general}
    options = {name: value for name, value in assignments.items() if name not in training}
    return options, merge_flags(training, flags, (TrainingConfig,))


def print_evaluation(evaluation: EvaluationResult, *, json: bool) -> None:
    """Print the metrics of an evaluation as a table, or all of it as JSON."""
    if json:
        console.print_json(evaluation.to_dict())
        return
    title = f"{evaluation.dataset}, {evaluation.images:,} {evaluation.split} images"
    console.print_table(
        f"{title} ({evaluation.source})", evaluation.metrics, notes=evaluation.definitions
    )


def format_next_steps(trained: TrainResult) -> str:
    """Where the pictures of a training are, and the command that uses it."""
    pages = [(trained.folder / PAGE, "all about this run")]
    pages = [(path, words) for path, words in pages if path.exists()]
    about = ("answers on test images", "how it learnt", "the network")
    named = [*pages, *zip(trained.pictures, about)]
    width = max(len(str(path)) for path, _ in named)
    rows = [f"{path!s:<{width}}  {words}" for path, words in named]
    rows.append(f"{trained.folder / 'epochs'!s:<{width}}  answers after each epoch")
    looks = "\n".join(
        f"{'Look at' if not number else '':<9} {row}" for number, row in enumerate(rows)
    )
    return f"{looks}\nNext      {command('predict', trained.folder, 'PICTURE.jpg')}"


def command(*words: object) -> str:
    """A command of triptych to type, with the plug-ins that are loaded."""
    plugins = [word for path in loaded_plugins() for word in ("--plugin", path)]
    return shlex.join(["triptych", *map(str, words), *plugins])
