"""What the flags of `triptych style paint` ask for: a commission."""

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
    """The pictures named, and the settings given: by the names of `Commission.changed`."""

    paths: list[Path]
    settings: Mapping[str, Any]
    resume: bool = False
    fork: Path | None = None
    sweep: Sequence[str] = ()


def build_job(flags: JobFlags) -> tuple[TransferJob, dict[str, Any]]:
    """What is asked for, and what its run is to know beside it. Raises ConfigError for too few
    pictures or too many, and what a commission raises."""
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
    """The commission with "auto" replaced by what that means here and now: the best network at
    hand, or patches where there is none."""
    if job.features != AUTO:
        return job
    try:
        name, half = best_available(bool(job.options.get("half")))
    except AssetNotFoundError as error:
        if job.options:
            raise
        console.log(f"No network is at hand, so patches are matched. ({error})")
        return job.with_changes({"features": PATCHES})
    asked = job.options.get("half", False)
    return job.with_changes({"features": name, **({} if half == asked else {"half": half})})


def parse_flags(given: Mapping[str, Any]) -> dict[str, Any]:
    """The flags of the command line as `Commission.changed` takes them; files by whole paths.

    >>> read_flags({"steps": "100,50", "layers": "relu1_1=2,relu2_1", "init": "noise"})
    {'steps': (100, 50), 'layers': {'relu1_1': 2.0, 'relu2_1': 1.0}, 'init': 'noise'}
    """
    found = dict(given)
    if "style_weights" in found:
        found["style_weights"] = _numbers("--style-weights", found["style_weights"], float)
    if "steps" in found:
        found["steps"] = _numbers("--steps", found["steps"], int)
    if "layers" in found:
        found["layers"] = _weights(found["layers"])
    if "masks" in found:
        found["masks"] = tuple(absolute(path) for path in found["masks"])
    if "features" in found and (file := existing_file(found["features"])):
        found["features"] = absolute(file)
    if "init" in found and found["init"] not in FILELESS_INITS:
        if not (file := existing_file(found["init"])):
            raise UnknownNameError(
                f"{unknown_name_error(found['init'], FILELESS_INITS, 'start')} Or name a picture "
                "file."
            )
        found |= {"init": "image", "start": absolute(file)}
    return found


def absolute(path: Path) -> str:
    """A path that means the same in any folder."""
    return str(path.absolute())


def _weights(text: str) -> dict[str, float]:
    """Layers of style with their weights, 1 where there is none."""
    found: dict[str, float] = {}
    for word in text.split(","):
        name, _, value = (part.strip() for part in word.partition("="))
        if not name or name in found:
            raise ConfigError(f"Expected --style-layers LAYER=WEIGHT,…, each once, got '{text}'.")
        (found[name],) = _numbers("--style-layers", value or "1", float)
    return found


def _numbers(flag: str, text: str, kind: type) -> tuple[Any, ...]:
    try:
        found = tuple(kind(word) for word in text.split(","))
    except ValueError:
        raise ConfigError(f"Expected numbers between commas for {flag}, got '{text}'.") from None
    return found
