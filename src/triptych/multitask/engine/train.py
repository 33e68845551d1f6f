"""Train one network with several heads, into a run folder."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from inspect import signature
from pathlib import Path
from typing import Any

from lightning.pytorch.callbacks import Callback

from ...frame.config import TrainingConfig
from ...frame.errors import ConfigError
from ...frame.progress import ProgressCallback, ProgressLike, showing
from ...frame.storage import run_folder
from ...frame.training.distributed import device_of, in_first_process, is_rank_zero
from ...frame.training.loggers import tracker_names
from ...frame.training.resume import check_unchanged, recorded_settings, resumed_settings
from ..data.dataset import Dataset
from ..data.source import Source
from ..datasets import DATASETS, named_or_path, open_dataset, run_name
from ..metrics import MetricLike
from ..model.backbone_choice import choose_backbone
from ..model.backbone_selection import supported_options
from ..model.head_selection import own_loss_weights, resolve_heads
from .run import TrainingRun
from .run import TrainResult as TrainResult
from .task import TaskConfig as TaskConfig
from .task import check_data, check_task, describe_source, open_task, resolve_balance
from .tuning.automatic import find_settings, split_auto, without_found
from .tuning.patience import with_patience

LEAST_IMAGES = 2  # of a training: batch statistics need two


def train(
    dataset: str | Path | Sequence[str | Path] | Dataset,
    *,
    out: str | Path | None = None,
    heads: Sequence[str] | None = None,
    source: str | Path | Source | None = None,
    options: Mapping[str, Any] | None = None,
    loss_weights: Mapping[str, float] | None = None,
    backbone: str = "auto",
    backbone_options: Mapping[str, Any] | None = None,
    pretrained: bool | None = None,
    limit: int | None = None,
    balance: str | None = None,
    head_balance: str | None = None,
    metrics: Mapping[str, MetricLike] | None = None,
    callbacks: Iterable[Callback] = (),
    progress: ProgressLike = None,
    **settings: Any,
) -> TrainResult:
    """Train heads on a dataset, keep the epoch that is best on the validation split, and measure
    it on the test split.

    Parameters:
        dataset: a name in `DATASETS`, the path of your own pictures, several paths, or a dataset
            itself.
        out: the run folder, which must be new or empty; by default runs/DATASET.
        heads: names in `HEADS` or the dataset's own ("digit"); by default those the dataset names.
        source: NAME or NAME:ARGUMENT of a source, a folder of IDX files, or a source itself; by
            default real data where they are available.
        options: the dataset's own settings, by name.
        loss_weights: of heads in the total loss, where another than their own is wanted.
        backbone: a name in `BACKBONES`, or one with its size, "unet-m"; "auto" is a pretrained
            network where the dataset is small enough to want one and its weights are installed,
            else a U-Net where a head needs a decoder.
        backbone_options: by name.
        pretrained: whether the backbone begins with published weights; by default where it has any.
        limit: training images that are used, drawn by the seed, 2 or more; by default all.
        balance: "weights" where rarer classes are to weigh more, "sampling" where they are to be
            drawn more often, "none", or "auto": weights where the rarest has less than a tenth of
            the images of the commonest. By default what the dataset says: "auto" for pictures of
            your own, else "none".
        head_balance: how the heads' losses are weighed against each other: "fixed" as
            `loss_weights` say, "uncertainty" or "gradnorm"; names in `HEAD_BALANCES`.
        metrics: your own by HEAD/METRIC, such as "circle/radius_error": a metric of torchmetrics,
            or a function of (output, target) that gives a value for each image.
        callbacks: of Lightning.
        progress: told how far the training is; by default a bar where stderr is a terminal, False
            for none.
        settings: of `TrainingConfig`, such as `epochs` and `lr`. `lr="auto"` is found by a range
            test before the training, `batch="auto"` by the memory at hand.

    Raises UnknownNameError, ConfigError, DataError, AssetNotFoundError or WriteError.
    """
    called = "" if isinstance(dataset, Dataset) else run_name(dataset)
    if not isinstance(dataset, Dataset):
        dataset, source = named_or_path(dataset, source)
    kind = type(dataset) if isinstance(dataset, Dataset) else DATASETS[dataset]
    given, wanted = split_auto(settings)
    config = TrainingConfig.merge(kind.default_settings, given, others=KEYWORDS)
    tracker_names(config)  # each of them is installed
    with showing(progress) as listener:
        data, spec, in_memory = _open(dataset, source, options, config, listener)
        names = resolve_heads(data.info, heads or data.usual_heads)
        choice = choose_backbone(backbone, pretrained, data, names)
        config = TrainingConfig.merge(kind.default_settings, choice.default_settings, given)
        supported = supported_options(kind.backbone_options, choice.name, names)
        task = TaskConfig(
            dataset=dataset if isinstance(dataset, str) else data.info.dataset,
            source=spec,
            options=data.config.model_dump(),
            heads=names,
            loss_weights=own_loss_weights(kind.loss_weights, names, loss_weights),
            backbone=choice.name,
            backbone_options={**supported, **(backbone_options or {})},
            limit=_checked_limit(limit),
            in_memory=in_memory,
            balance=resolve_balance(balance or kind.balance, data, names),
            pretrained=choice.pretrained,
            head_balance=head_balance or TaskConfig.head_balance,
        )
        folder = Path(out or Path("runs") / (called or task.dataset))
        config = with_patience(config, given, data, limit)
        build = partial(TrainingRun.build, folder, task, data=data, metrics=metrics)
        run = build(config)  # names are checked before anything is written
        with in_first_process(run_folder.beginning(folder)):
            found = find_settings(wanted, config, build, listener)
            run = build(found.config) if wanted else run
            if is_rank_zero():
                facts = {"settings": asdict(found.config), "found": found.to_dict()}
                record = {"plan": asdict(task), **facts, "data": data.fingerprint()}
                run_folder.write_record(folder, record | choice.note())
                found.plot(folder)
            return run.run(callbacks, listener)


KEYWORDS = frozenset(signature(train).parameters) - {"settings"}
"""What `train` takes beside the settings."""


def resume(
    run: str | Path,
    *,
    dataset: str | Dataset | None = None,
    heads: Sequence[str] | None = None,
    source: str | Path | Source | None = None,
    options: Mapping[str, Any] | None = None,
    loss_weights: Mapping[str, float] | None = None,
    backbone: str | None = None,
    pretrained: bool | None = None,
    limit: int | None = None,
    balance: str | None = None,
    head_balance: str | None = None,
    metrics: Mapping[str, MetricLike] | None = None,
    callbacks: Iterable[Callback] = (),
    progress: ProgressLike = None,
    **settings: Any,
) -> TrainResult:
    """Go on with a run that was stopped, from its last complete epoch, as it was begun.

    On a CPU, with as many threads, it ends with the same weights, bit for bit, as if it had never
    been stopped. More `epochs` than the run was begun with lay the one-cycle schedule anew over all
    of them; whatever else is said must be as the run has it.

    Parameters:
        run: its folder.
        dataset: the dataset itself, where the run was begun with an object.
        heads: as the run has them, as are `options`, `loss_weights`, `backbone`, `limit` and
            `balance`.
        source: where the source is now, if it has moved; its images must be the same.
        options: the dataset's own settings.
        loss_weights: of heads in the total loss.
        backbone: a name in `BACKBONES`; "auto" says nothing.
        pretrained: whether the backbone began with published weights.
        limit: training images that are used.
        balance: what is done about unequal classes.
        head_balance: how the heads' losses are weighed against each other.
        metrics: your own, those the run was begun with.
        callbacks: of Lightning, those the run was begun with.
        progress: told how far the training is; by default a bar where stderr is a terminal, False
            for none.
        settings: `epochs`, as many as before or more, and `log`; others as the run has them.

    Raises RunError for no run, a damaged one, or one whose data are no longer the same, ConfigError
    for what differs from the run.
    """
    folder = Path(run)
    with run_folder.reading_record(folder) as record:
        task = TaskConfig.from_dict(record["plan"])
        begun = recorded_settings(record["settings"])
        fingerprint = record["data"]
        said = without_found(folder, settings, record.get("found", {}))
    config = resumed_settings(folder, begun, said)
    tracker_names(config)
    with showing(progress) as listener, in_first_process(run_folder.lock(folder)):
        data, spec = open_task(
            folder,
            task,
            dataset=dataset,
            source=source,
            options=options,
            seed=config.seed,
            device=device_of(config),
            progress=listener,
        )
        said = {name: data.config.model_dump()[name] for name in options or {}}
        check_unchanged(folder, task.options, said)
        choice = {"heads": heads, "loss_weights": loss_weights, "backbone": backbone}
        choice |= {"limit": limit, "balance": balance, "pretrained": pretrained}
        choice["head_balance"] = head_balance
        check_task(folder, task, data, choice)
        check_data(folder, fingerprint, data, spec if source else "")
        task = replace(task, source=spec)
        trained = TrainingRun.build(folder, task, config, data, metrics)
        if is_rank_zero():
            changes = {"plan": asdict(task), "settings": asdict(config)}
            run_folder.update_record(folder, changes)
        return trained.run(callbacks, listener)


def _open(
    dataset: str | Dataset,
    source: str | Path | Source | None,
    options: Mapping[str, Any] | None,
    config: TrainingConfig,
    progress: ProgressCallback,
) -> tuple[Dataset, str, str]:
    """The dataset to train on, what its source is called, and which of the two is an object."""
    if isinstance(dataset, Dataset):
        if source is not None or options:
            raise ConfigError(
                "A dataset object brings its own source and options. Give it those, and leave "
                "source and options out."
            )
        return dataset, describe_source(getattr(dataset, "source", dataset)), "dataset"
    spec = source if source is not None else DATASETS[dataset].default_source()
    spec = spec if isinstance(spec, Source) else DATASETS[dataset].absolute_source(str(spec))
    place = device_of(config)
    data = open_dataset(dataset, spec, options, seed=config.seed, device=place, progress=progress)
    if isinstance(spec, Source):
        return data, describe_source(spec), "source"
    return data, spec, ""


def _checked_limit(limit: int | None) -> int | None:
    if limit is not None and limit < LEAST_IMAGES:
        raise ConfigError(f"Expected a limit of {LEAST_IMAGES} images or more, got {limit}.")
    return limit
