"""`triptych style paint --sweep`: several transfers, and one sheet of them all."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...frame.errors import ConfigError
from ...frame.progress import ProgressCallback, ProgressEvent
from ...frame.storage import images
from ...style.imaging.transparency import flatten
from ...style.job.job import TransferJob
from ...style.job.run_folder import RunFolder
from ...style.job.runner import RunResult, run
from ...style.job.session import JobSession, build_job_method, open_session
from ...style.job.sweep import expand, parse_axis, sweep_sheet
from ...style.objectives.build import PATCHES
from ...style.objectives.objective import ObjectiveFactory
from .. import console
from ..output_files import make_folder
from ..signals import stop_requested
from .job_flags import JobFlags, build_job, resolve_auto
from .masks import mask_reader
from .output import OutputOptions, beginning_run, print_resume_hint, result_dict, start_run

if TYPE_CHECKING:
    from ...style.job.sweep import Pixels

SHEET = Path("sweep.png")


def sweep(flags: JobFlags, output: OutputOptions, *, json: bool) -> None:
    """Paint each combination, and a sheet of all; each image lies beside the sheet, or with --run
    in a run folder of its own.

    Raises KeyboardInterrupt where it was stopped, once a sheet of those painted is saved.
    """
    job, facts = build_job(flags)
    job = resolve_auto(job)
    axes = [parse_axis(word) for word in flags.sweep]
    variants = expand(job, axes)
    place = output.out or (output.run / SHEET if output.run else SHEET)
    _check(variants, place, output)
    methods: dict[str, ObjectiveFactory] = {}
    images_by_label: dict[str, Pixels] = {}
    answers: dict[str, Any] = {}
    stopped = False
    with console.progress_bar() as progress, stop_requested() as stop:
        for (
            variant
        ) in variants.values():  # an error in the last is raised before the first is painted
            _cached_method(variant, methods, progress)
        for label, variant in variants.items():
            method = _cached_method(variant, methods, progress)
            read = mask_reader(variant.device)
            session = open_session(variant, method=method, mask_reader=read, progress=progress)
            variant_output = _variant_output(place, label, output)
            variant_output.tell_alpha_lost(session)
            with beginning_run(variant_output.run):
                record = start_run(session, variant_output, {**facts, "sweep": label})
                result = _run_variant(session, variant_output, record, label, stop, progress)
            images_by_label[label] = flatten(result.image)
            answers[label] = result_dict(session, result)
            if stopped := not result.finished:
                print_resume_hint(variant_output.run)
                break
    images.save(place, sweep_sheet(images_by_label, axes, job.title))
    if json:
        console.print_json({"sheet": str(place), "paintings": answers})
    else:
        print(f"{place}: {len(images_by_label)} of {len(variants)} pictures")
    if stopped:
        raise KeyboardInterrupt


def _run_variant(
    session: JobSession,
    variant_output: OutputOptions,
    record: RunFolder | None,
    label: str,
    stop: Callable[[], bool],
    progress: ProgressCallback,
) -> RunResult:
    """One image of a sweep, reported as one task."""
    total = session.optimizer.total_steps
    result = run(
        session, variant_output.out, record, stop=stop, progress=_single_bar(progress, label, total)
    )
    progress(ProgressEvent(label, total, total))
    return result


def _check(variants: Mapping[str, TransferJob], place: Path, output: OutputOptions) -> None:
    """Raise, before anything is painted, what would be raised afterwards."""
    if output.gif or output.mp4:
        raise ConfigError("--gif and --mp4 show one painting, not a sweep. Leave one of them out.")
    images.format_of(place)
    if output.run:
        make_folder(output.run, "--run")
        if place.exists() and not output.out:
            raise ConfigError(f"{output.run} holds a sweep already. Choose another --run.")
    for label, variant in variants.items():
        replace(output, out=place).check(variant)
        _variant_output(place, label, output).check(variant)


def slug(label: str) -> str:
    """A label as part of a file's name.

    >>> slug("strength 0.2, style-scale 2")
    'strength-0.2-style-scale-2'
    """
    return "".join(c if c.isalnum() or c in ".-" else "-" for c in label.replace(", ", "-"))


def _variant_output(place: Path, label: str, output: OutputOptions) -> OutputOptions:
    """Where one image of a sweep is written."""
    if output.run:
        return OutputOptions(None, output.run / slug(label), output.every)
    return OutputOptions(place.with_name(f"{place.stem}-{slug(label)}{place.suffix}"))


def _single_bar(progress: ProgressCallback, label: str, total: int) -> ProgressCallback:
    """One progress bar for all scales of an image."""
    done = 0

    def count(step: ProgressEvent) -> None:
        nonlocal done
        if step.metrics:
            done += 1
            progress(ProgressEvent(label, done, total, step.metrics))

    return count


def _cached_method(
    job: TransferJob, methods: dict[str, ObjectiveFactory], progress: ProgressCallback
) -> ObjectiveFactory:
    """The method of a job, built once for all jobs that need the same."""
    seed = job.settings.seed if job.features == PATCHES else 0
    options = sorted(job.options.items(), key=str)
    key = f"{job.features} {options} {seed} {job.max_memory}"
    if key not in methods:
        methods[key] = build_job_method(job, progress)
    return methods[key]
