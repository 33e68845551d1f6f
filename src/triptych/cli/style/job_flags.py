"""From the options of `triptych style paint` to a job."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...frame.errors import AssetNotFoundError, ConfigError, UnknownNameError
from ...frame.registry import unknown_name_error
from ...style.config import AUTO, FILELESS_INITS, PATCHES
from ...style.job.job import TransferJob
from ...style.job.run_folder import fork_job
from ...style.networks._build import best_available, existing_file
from .. import console


@dataclass(frozen=True)
class JobFlags:
    """What was typed.

    Parameters:
        paths: of the content and the styles.
        settings: by the names of `TransferJob.with_changes`.
        resume: whether a run is to go on.
        fork: the run whose image is painted on.
        sweep: NAME=VALUE,VALUE … of each setting that is swept.
    """

    paths: list[Path]
    settings: Mapping[str, Any]
    resume: bool = False
    fork: Path | None = None
    sweep: Sequence[str] = ()


def build_job(flags: JobFlags) -> tuple[TransferJob, dict[str, Any]]:
    """The job that was typed, and what its run records beside it.

    Raises ConfigError for too few images or too many, and what `TransferJob` raises.
    """
    changes = parse_flags(flags.settings)
    if flags.fork:
        if flags.paths:
            raise ConfigError("--from knows its pictures. Leave CONTENT and STYLE out.")
        return fork_job(flags.fork, changes), {"from": absolute(flags.fork)}
    if len(flags.paths) < 2:
        raise ConfigError(
            f"Expected a content and a style, got {'one' if flags.paths else 'no'} picture. "
            "For example: triptych style paint photo.jpg painting.jpg --out picture.png"
        )
    content, *styles = (absolute(path) for path in flags.paths)
    return TransferJob(content, tuple(styles)).with_changes(changes), {}


def resolve_auto(job: TransferJob) -> TransferJob:
    """The job with "auto" replaced by the best network that is available, or patches where there is
    none.
    """
    if job.features != AUTO:
        return job
    try:
        name, half = best_available(bool(job.options.get("half")))
    except AssetNotFoundError as error:
        if job.options:
            raise
        console.log(f"No network is at hand, so patches are matched. ({error})")
        return job.with_changes({"features": PATCHES})
    wanted = job.options.get("half", False)
    return job.with_changes({"features": name, **({} if half == wanted else {"half": half})})


def parse_flags(flags: Mapping[str, Any]) -> dict[str, Any]:
    """Options as `TransferJob.with_changes` takes them; files by absolute paths.

    >>> parse_flags({"steps": "100,50", "layers": "relu1_1=2,relu2_1", "init": "noise"})
    {'steps': (100, 50), 'layers': {'relu1_1': 2.0, 'relu2_1': 1.0}, 'init': 'noise'}
    """
    settings = dict(flags)
    if "style_weights" in settings:
        settings["style_weights"] = _numbers("--style-weights", settings["style_weights"], float)
    if "steps" in settings:
        settings["steps"] = _numbers("--steps", settings["steps"], int)
    if "layers" in settings:
        settings["layers"] = _weights(settings["layers"])
    if "masks" in settings:
        settings["masks"] = tuple(absolute(path) for path in settings["masks"])
    if "features" in settings and (file := existing_file(settings["features"])):
        settings["features"] = absolute(file)
    if "init" in settings and settings["init"] not in FILELESS_INITS:
        if not (file := existing_file(settings["init"])):
            raise UnknownNameError(
                f"{unknown_name_error(settings['init'], FILELESS_INITS, 'start')} Or name a "
                "picture file."
            )
        settings |= {"init": "image", "start": absolute(file)}
    return settings


def absolute(path: Path) -> str:
    """A path that means the same in any folder."""
    return str(path.absolute())


def _weights(text: str) -> dict[str, float]:
    """Style layers with their weights, 1 where there is none."""
    weights: dict[str, float] = {}
    for word in text.split(","):
        name, _, value = (part.strip() for part in word.partition("="))
        if not name or name in weights:
            raise ConfigError(f"Expected --style-layers LAYER=WEIGHT,…, each once, got '{text}'.")
        (weights[name],) = _numbers("--style-layers", value or "1", float)
    return weights


def _numbers(flag: str, text: str, kind: type) -> tuple[Any, ...]:
    try:
        return tuple(kind(word) for word in text.split(","))
    except ValueError:
        raise ConfigError(f"Expected numbers between commas for {flag}, got '{text}'.") from None
